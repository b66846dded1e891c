"""Why a connection never comes to speak, and what to do about it: each reason has a hint."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

import msgspec

from ..certificates import HOSTS, PRESENT, explain_verification, no_shared_suite
from ..fronts import PROXY, Ports, binary_words, http_words, proxy_words, to_api, to_gateway
from ..protocol import recognise
from ..scenario import Settings, TLSTerms
from ..scenario.faults import Service
from .alerts import TRUST, alert_name, alert_of, meaning
from .hello import Hello, Overheard, overhear

#: What TLS calls its versions in a hello.
_VERSIONS = {0x0301: "1.0", 0x0302: "1.1", 0x0303: "1.2", 0x0304: "1.3"}
#: Characters of a name that are shown: none that is right has more (RFC 1035, 2.3.4).
_NAME = 253
#: What is told of a client that asks for another handshake on its connection.
RENEGOTIATION = (
    "the client asked to renegotiate TLS, which is not done here (it got no_renegotiation, alert "
    "100): let it connect anew instead"
)
#: What clients answer to that which cannot do without: OpenSSL's the first.
_TAKEN_AMISS = (40, 100)
#: The least that HTTP/2 may be spoken over (RFC 9113, 9.2), and what is said about less.
_HTTP2_LEAST, _NO_LESS = "1.2", ", since HTTP/2 takes no TLS below 1.2"
_TLS_ON = "switch TLS on in the client, which has to speak first"


class Refused(Exception):
    """The connection ends before it speaks. `reason` is a name, `hint` a sentence.

    `turned_away` is what the client did where it was the one that ended it, in words, and `reply`
    what it is still to be told.
    """

    def __init__(
        self, reason: str, hint: str, turned_away: str | None = None, *, reply: bytes = b""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.turned_away = turned_away
        self.reply = reply


class Door(msgspec.Struct, frozen=True):
    """What a client has come to: a service, and its terms. `ports` says where the others are."""

    service: Service
    terms: TLSTerms
    settings: Settings
    ports: Ports


class Attempt(msgspec.Struct, frozen=True):
    """A handshake that came to nothing, as far as it went.

    `door` is where. `heard` is what the client said from its first byte on; `answered` whether it
    has our certificate; `held_up` whether the next step was ours, and waited for its turn;
    `trusted` are the CAs that clients' certificates may be from, in DER.
    """

    door: Door
    heard: bytes
    answered: bool
    held_up: bool
    trusted: Sequence[bytes]

    def broken(self, wrong: ssl.SSLError) -> Refused:
        """OpenSSL has ended it."""
        said = overhear(self.heard)
        if self._wants_another_port(said):
            return self.http()
        if isinstance(wrong, ssl.SSLCertVerificationError):
            return Refused(*explain_verification(wrong, said.certificates, self.trusted))
        # What is encrypted only OpenSSL has read, and it has no name for some.
        alert = said.alert if said.alert is not None else alert_of(wrong)
        if alert is not None:
            name = None if said.hello is None else _wrong_name(said.hello)
            return Refused(*meaning(alert, name), f"sent {alert_name(alert)}")
        return self._elsewhere(said) or self._unsuited(wrong.reason or "", said)

    def left(self) -> Refused:
        """The client has gone without a word."""
        elsewhere = self._elsewhere(overhear(self.heard))
        if elsewhere is not None:
            return elsewhere
        if not self.heard:
            hint = f"the client left without a byte: a port check does that; else {_TLS_ON}"
        elif self.answered:
            hint = (
                "the client left when it had seen our certificate: if it does not trust our CA, "
                f"{TRUST}"
            )
        else:
            hint = (
                "the client left in the middle of its first message: see its own log, and look "
                "for a time limit there (or was it a port check?)"
            )
        return Refused("disconnected", hint, "left")

    def late(self) -> Refused:
        """It took too long."""
        elsewhere = self._elsewhere(overhear(self.heard))
        if elsewhere is not None:
            return elsewhere
        within = f"within {self.door.settings.handshake_timeout}"
        if not self.heard:
            hint = f"the client said nothing {within}: {_TLS_ON}"
        elif self.held_up:
            hint = (
                f"the server had too much to do to answer the client {within}: let fewer clients "
                "send or connect at a time, or raise handshake_timeout"
            )
        elif self.answered:
            hint = (
                f"the client did not answer {within}: see its own log, or raise handshake_timeout"
            )
        else:
            hint = (
                f"the client's first message was not complete {within}: look for what holds it "
                "up on the way, or raise handshake_timeout"
            )
        return Refused("handshake-timeout", hint)

    def http(self) -> Refused:
        """It offers HTTP to a binary service."""
        return Refused("http", http_words(self.door.service, self.door.ports))

    def _wants_another_port(self, said: Overheard) -> bool:
        """Whether it has come to speak HTTP/2, which is not spoken here."""
        return self.door.terms.alpn is None and said.hello is not None and said.hello.wants_http2

    def _elsewhere(self, said: Overheard) -> Refused | None:
        """What it should have spoken to, if that shows."""
        if self._wants_another_port(said):
            return self.http()
        service, ports = self.door.service, self.door.ports
        match recognise(self.heard):
            case "http" if self.heard.startswith(b"CONNECT "):
                return Refused("plain-http", proxy_words(ports))
            case "http" | "http2" if service == "api":
                return Refused("plain-http", _without_tls(ports))
            case "http" | "http2":
                return Refused("plain-http", http_words(service, ports))
            case "proxy":
                return Refused("not-tls", PROXY)
            case "frame" if service == "api":
                return Refused("not-tls", f"{binary_words(ports)}, and switch TLS on")
            case "frame" if service != "gateway":
                hint = (
                    "the client sends a notification without TLS to a service that only speaks: "
                    f"{to_gateway(ports)}, and switch TLS on"
                )
                return Refused("not-tls", hint)
            case "frame":
                hint = "the client sends a notification without TLS: switch TLS on in the client"
                return Refused("not-tls", hint)
        return None

    def _unsuited(self, reason: str, said: Overheard) -> Refused:
        """What the two sides do not have in common, or else in OpenSSL's words."""
        match reason:
            case "PEER_DID_NOT_RETURN_A_CERTIFICATE":
                if said.hello is not None and said.hello.speaks_http:
                    return self.http()
                return Refused(
                    "no-client-certificate",
                    f"the client presented no certificate: {PRESENT}, or set "
                    "client_certificate=optional; if it means to sign in by a token (JWT), it "
                    f"is one for HTTP/2, and this is the binary {self.door.service}: "
                    f"{to_api(self.door.ports)}",
                )
            case "NO_SHARED_CIPHER" if said.hello is not None:
                hint = no_shared_suite(said.hello.suites, self.door.terms)
                return Refused("no-shared-cipher", hint)
            case "NO_SUITABLE_SIGNATURE_ALGORITHM":
                return Refused(
                    "no-shared-cipher",
                    "the client accepts no signature that our RSA key can make: let it accept "
                    "those of RSA with SHA-256",
                )
            case (
                "UNSUPPORTED_PROTOCOL"
                | "UNKNOWN_PROTOCOL"
                | "VERSION_TOO_LOW"
                | "INAPPROPRIATE_FALLBACK"
            ):
                versions = said.hello.versions if said.hello is not None else ()
                return Refused("tls-version", _version_words(versions, self.door.terms))
            case "WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "HTTPS_PROXY_REQUEST":
                return Refused(
                    "not-tls",
                    "the client's first bytes are no TLS: switch TLS on in the client, if it is "
                    "one for this port",
                )
        name = reason.lower().replace("_", " ") or "no reason given"
        return Refused(
            "tls-error",
            f"the handshake failed, in OpenSSL's words: {name}; see what the client says of it, "
            "and update its TLS",
        )


def _wrong_name(hello: Hello) -> str | None:
    """The name that a client asks for, where no certificate of ours has it."""
    name = (hello.server_name or b"").decode("ascii", "replace")[:_NAME]
    return name if name and name.lower() not in HOSTS else None


def _without_tls(ports: Ports) -> str:
    """What to do about a client of the provider API that has left TLS out."""
    plain = ports("plain_api")
    elsewhere = "start the server with --plain-api-port" if plain is None else f"use port {plain}"
    return (
        "the client speaks HTTP without TLS to the api port, which speaks it over TLS: write https "
        f"instead of http in its URL, or {elsewhere} for HTTP/2 without TLS"
    )


def _version_words(offered: Sequence[int], terms: TLSTerms) -> str:
    """What to do about a client that offers only these versions."""
    known = [_VERSIONS[each] for each in offered if each in _VERSIONS]
    if not known:
        return (
            "the client speaks SSL 3.0 at most, or no TLS that is known, and nobody speaks that "
            "any more: update it"
        )
    best, least = known[0], known[-1]
    if best < terms.minimum:
        lower = f", or set {terms.setting}_minimum={best} for one that cannot be updated"
        possible = terms.alpn is None or best >= _HTTP2_LEAST
        return f"the client speaks TLS {best} at most: update it{lower if possible else _NO_LESS}"
    if least > terms.maximum:
        return (
            f"the client speaks TLS {least} at least: let it speak {terms.maximum}, "
            f"or set {terms.setting}_maximum={least}"
        )
    return f"the client falls back to TLS {best}: let it offer the newest that it has"


def last_words(wrong: BaseException, *, asked_anew: bool = False) -> str | None:
    """What TLS says of how a connection broke that had been open; None if it was not TLS.

    `asked_anew` is whether the client had asked to shake hands again, and was told no.
    """
    if not isinstance(wrong, ssl.SSLError):
        return None
    alert = alert_of(wrong)
    if asked_anew and alert in _TAKEN_AMISS:
        return RENEGOTIATION
    if alert is not None:
        return meaning(alert)[1]
    name = (wrong.reason or "no reason given").lower().replace("_", " ")
    return (
        f"what the client sent is no TLS any more ({name}): look for what writes to its bare "
        "socket, or changes bytes on the way"
    )
