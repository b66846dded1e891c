"""From an accepted socket to a provider with an identity, or to a refusal in words."""

from __future__ import annotations

import ssl

import trio

from ..certificates import Identity, read_identity
from ..fronts import Provider
from ..scenario import Settings
from .tls import TLSStream

#: Alert 44, certificate revoked: what production answers to a sandbox certificate (TN2265).
CERTIFICATE_REVOKED = 44

_TRUST = (
    "the client does not trust our CA: set SSL_CERT_FILE or the client's own CA option to ca.pem"
)
_PRESENT = "give the client one of our client certificates, such as the .pem beside ca.pem"

#: What OpenSSL calls it, our reason, and what to do. The commonest is a client that does not know
#: our CA, and where each wants to be told differs: SSL_CERT_FILE does for Python, Go and Ruby, and
#: not for Node, curl and Java (measured); so it is the first hint, and not the only one.
_TLS_REASONS = {
    "TLSV1_ALERT_UNKNOWN_CA": ("client-does-not-trust-ca", _TRUST),
    # What OpenSSL says of a name that the certificate does not have.
    "SSLV3_ALERT_BAD_CERTIFICATE": (
        "client-does-not-trust-ca",
        f"{_TRUST}; or it connects by a name that our certificate does not have: use localhost, "
        "127.0.0.1 or one of Apple's",
    ),
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": ("client-does-not-trust-ca", _TRUST),
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": ("client-refused-certificate", _TRUST),
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": (
        "no-client-certificate",
        f"the client presented no certificate: {_PRESENT}, or set client_certificate=optional",
    ),
    "HTTP_REQUEST": (
        "plain-http",
        "the client speaks plain HTTP: this port speaks Apple's binary protocol over TLS",
    ),
    "HTTPS_PROXY_REQUEST": (
        "plain-http",
        "the client takes this port for an HTTP proxy: it speaks Apple's binary protocol",
    ),
    "WRONG_VERSION_NUMBER": (
        "not-tls",
        "the client's first bytes are no TLS: switch TLS on in the client",
    ),
    "UNSUPPORTED_PROTOCOL": (
        "tls-version",
        "the client offers only protocol versions that are refused: "
        "update it, or lower the setting tls_minimum",
    ),
    "VERSION_TOO_LOW": (
        "tls-version",
        "the client offers only protocol versions that are refused: "
        "update it, or lower the setting tls_minimum",
    ),
    "NO_SHARED_CIPHER": (
        "no-shared-cipher",
        "client and server share no cipher: for very old clients set tls_minimum=1.0",
    ),
}

#: X.509 verification results of OpenSSL, our reason, and what to do.
_CERTIFICATE_REASONS = {
    9: ("client-certificate-not-yet-valid", "the client's certificate begins in the future"),
    10: ("client-certificate-expired", "the client's certificate has expired: issue a new one"),
}
_UNTRUSTED = (
    "client-certificate-untrusted",
    f"the client's certificate is not from our CA: {_PRESENT}, or trust its CA with client_ca",
)


class Refused(Exception):
    """The connection ends before it speaks. `reason` is a name, `hint` a sentence."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


async def shake_hands(stream: TLSStream, settings: Settings) -> Provider:
    """Complete the handshake. Raises `Refused`; the alert is with the client by then."""
    try:
        with trio.fail_after(settings.handshake_seconds):
            await stream.do_handshake()
            identity = _identity(stream)
            if identity is not None:
                await _check_environment(stream, identity, settings)
            await stream.finish_handshake()
    except trio.TooSlowError:
        raise Refused(
            "handshake-timeout",
            f"the handshake was not finished within {settings.handshake_timeout}",
        ) from None
    except ssl.SSLError as wrong:
        raise _explain(wrong) from None
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        raise Refused(
            "disconnected",
            "the client left during the handshake: it may not trust our CA, or was a port check",
        ) from None
    topics = identity.topics if identity is not None else ()
    if not topics and settings.topic is not None:
        topics = (settings.topic,)
    return Provider(topics, identity.subject if identity is not None else None)


def _identity(stream: TLSStream) -> Identity | None:
    der = stream.peer_certificate
    if der is None:
        return None
    try:
        return read_identity(der)
    except ValueError:
        return Identity("(unreadable)", (), None)


async def _check_environment(stream: TLSStream, identity: Identity, settings: Settings) -> None:
    if identity.scope in (None, "both", settings.environment):
        return
    hint = (
        f"the client's certificate is for {identity.scope} only and the server plays "
        f"{settings.environment}: use another certificate, or set environment={identity.scope}"
    )
    # Sandbox certificate at production: the handshake fails with alert 44 (TN2265). The
    # other way round it succeeds, and the connection is closed without a byte: node-apn 1.7.8 waits
    # 100 ms for that before it trusts a connection (`lib/connection.js`), others loop (pushy #205).
    if settings.environment == "sandbox" or not await stream.refuse(CERTIFICATE_REVOKED):
        await stream.finish_handshake()
    raise Refused("wrong-environment", hint)


def _explain(wrong: ssl.SSLError) -> Refused:
    if isinstance(wrong, ssl.SSLCertVerificationError):
        return Refused(*_CERTIFICATE_REASONS.get(wrong.verify_code, _UNTRUSTED))
    known = _TLS_REASONS.get(wrong.reason or "")
    if known is not None:
        return Refused(*known)
    name = (wrong.reason or "tls error").lower().replace("_", " ")
    return Refused("tls-error", f"the handshake failed: {name}")
