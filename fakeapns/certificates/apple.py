"""Apple's shape of a client certificate: names, object identifiers, the topics extension.

Sources: NWPusher `NWSecTools.m` (common names), node-apn 1.7.8 `lib/credentials`
(environments), LRNPG "Communicating with APNs" and pushy `script/apns-extensions.cnf`
(topics).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import msgspec
from cryptography import x509

from ..errors import UsageError, unknown_name

Environment = Literal["production", "sandbox"]
#: Which environments a certificate is good for; `both` is Apple's universal certificate.
Scope = Literal["production", "sandbox", "both"]
Kind = Literal["app", "mac", "voip", "watchkit", "website", "pass", "mdm"]

#: Where the topic is: no binary frame has a field for it ("Sending notification requests to APNs"
#: for device management, NWPusher for the rest).
UID = x509.ObjectIdentifier("0.9.2342.19200300.100.1.1")
#: Good for sandbox, good for production; both of them, since December 2015, for either.
SANDBOX = x509.ObjectIdentifier("1.2.840.113635.100.6.3.1")
PRODUCTION = x509.ObjectIdentifier("1.2.840.113635.100.6.3.2")
#: The topics of a universal certificate. VoIP ones may be in .6.3.4, whose inner format is not
#: published, so that is not read.
TOPICS = x509.ObjectIdentifier("1.2.840.113635.100.6.3.6")

#: The value of the two above, in the certificates that node-apn 1.7.8 tests with.
DER_NULL = b"\x05\x00"
_SEQUENCE, _UTF8_STRING = 0x30, 0x0C

#: What the common name begins with; the topic follows, see `as_issued`. PushSharp and NWPusher
#: look for these, and refuse to start with a certificate that has none.
PREFIXES: dict[tuple[Kind, Scope], str] = {
    ("app", "sandbox"): "Apple Development IOS Push Services: ",
    ("app", "production"): "Apple Production IOS Push Services: ",
    ("app", "both"): "Apple Push Services: ",
    ("mac", "sandbox"): "Apple Development Mac Push Services: ",
    ("mac", "production"): "Apple Production Mac Push Services: ",
    ("voip", "both"): "VoIP Services: ",
    ("watchkit", "both"): "WatchKit Services: ",
    ("website", "production"): "Website Push ID: ",
    ("pass", "production"): "Pass Type ID: ",
    ("mdm", "production"): "APSP:",
}
_KINDS = {kind for kind, _ in PREFIXES}

#: What the topics of device management begin with; a UUID follows. The common name has nothing but
#: that UUID: UID=com.apple.mgmt.External.<uuid>, CN=APSP:<uuid>.
_MANAGEMENT = "com.apple.mgmt."
_EXTERNAL = f"{_MANAGEMENT}External."


def as_issued(topic: str, kind: Kind, scope: Scope) -> tuple[Kind, Scope, str]:
    """Kind and scope of the certificate that Apple would issue for a topic, and its common name.

    An ordinary one for a topic of device management is one of that kind; a kind that exists for one
    environment only takes that one. Raises `UsageError` for an unknown kind.
    """
    if kind == "app" and topic.startswith(_MANAGEMENT):
        kind = "mdm"
    scopes: list[Scope] = [known for each, known in PREFIXES if each == kind]
    if not scopes:
        raise UsageError(unknown_name("kind of client certificate", kind, _KINDS))
    if scope not in scopes and scope == "both":
        scope = scopes[0]
    prefix = PREFIXES.get((kind, scope), PREFIXES[kind, scopes[0]])
    name = topic.removeprefix(_EXTERNAL) if kind == "mdm" else topic
    return kind, scope, f"{prefix}{name}"


def _named_topic(name: str, kind: Kind, scope: Scope) -> str:
    """The topic in a common name of this kind."""
    topic = name.removeprefix(PREFIXES[kind, scope])
    return topic if kind != "mdm" or topic.startswith(_MANAGEMENT) else _EXTERNAL + topic


class Identity(msgspec.Struct, frozen=True):
    """What a client certificate says about its owner.

    `subject` is written as in RFC 4514. `topics` has the main one first and is empty if there is
    none. `scope` is None where the certificate does not tell.
    """

    subject: str
    topics: tuple[str, ...]
    scope: Scope | None


# A provider comes back with the same certificate, again and again: a handshake takes 1.42 times the
# CPU of OpenSSL's own server with this cache, and 1.59 without (`python -m benchmarks`).
@lru_cache(maxsize=256)
def read_identity(der: bytes) -> Identity:
    """What the certificate says. Raises `ValueError` where it is no certificate at all."""
    certificate = x509.load_der_x509_certificate(der)
    try:
        subject = certificate.subject.rfc4514_string()
        uid = _first(certificate.subject, UID)
        name = _first(certificate.subject, x509.NameOID.COMMON_NAME)
        oids = {extension.oid: extension.value for extension in certificate.extensions}
    except (ValueError, x509.DuplicateExtension):
        return Identity("(unreadable)", (), None)
    kind = next(
        (known for known, prefix in PREFIXES.items() if (name or "").startswith(prefix)), None
    )
    topics = [uid] if uid else [_named_topic(name, *kind)] if name and kind else []
    listed = oids.get(TOPICS)
    if isinstance(listed, x509.UnrecognizedExtension):
        topics += decode_topics(listed.value)
    return Identity(subject, tuple(dict.fromkeys(topics)), _scope(set(oids), kind))


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else None


def _scope(oids: set[x509.ObjectIdentifier], kind: tuple[Kind, Scope] | None) -> Scope | None:
    # The extensions decide, as in node-apn 1.7.8; the common name only where there are none.
    match SANDBOX in oids, PRODUCTION in oids:
        case True, True:
            return "both"
        case True, False:
            return "sandbox"
        case False, True:
            return "production"
        case _:
            return kind[1] if kind else None


def encode_topics(topics: Iterable[tuple[str, str]]) -> bytes:
    """The topics extension: pairs of a topic and its kind, such as `voip`.

    One flat sequence in which topics and kinds alternate, not a sequence of pairs: as in pushy's
    `script/apns-extensions.cnf` and in apns_erl_sim.
    """
    return _der(
        _SEQUENCE,
        b"".join(
            _der(_UTF8_STRING, topic.encode()) + _der(_SEQUENCE, _der(_UTF8_STRING, kind.encode()))
            for topic, kind in topics
        ),
    )


def decode_topics(der: bytes) -> list[str]:
    """The topics of the extension, as far as it can be read."""
    found = []
    for tag, content in _walk(next((value for tag, value in _walk(der) if tag == _SEQUENCE), b"")):
        if tag == _UTF8_STRING:
            found.append(content.decode("utf-8", "replace"))
    return found


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _walk(der: bytes) -> Iterable[tuple[int, bytes]]:
    """The elements at one level. A broken length ends the walk."""
    at = 0
    while at + 2 <= len(der):
        tag, size = der[at], der[at + 1]
        at += 2
        if size & 0x80:
            count = size & 0x7F
            size = int.from_bytes(der[at : at + count], "big")
            at += count
        if at + size > len(der):
            return
        yield tag, der[at : at + size]
        at += size
