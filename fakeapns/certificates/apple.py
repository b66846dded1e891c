"""Apple's shape of a client certificate: names, object identifiers, the topics extension.

Sources: NWPusher `NWSecTools.m` (common names), node-apn 1.7.8 `lib/credentials`
(environments), LRNPG "Communicating with APNs" and pushy `script/apns-extensions.cnf`
(topics).
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Literal

import msgspec
from cryptography import x509

from ..errors import UsageError, unknown_name
from ..text import size_in_words
from .der import SEQUENCE, UTF8_STRING, Unreadable, elements, encode
from .reading import COMMON_NAME, read_certificate

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

#: Bytes of a topic, and topics of a certificate. An app's id has some 155 characters at most, and
#: one app has a handful of topics; but every entry about a notification repeats its topic, and
#: every notification may have to be looked up under each.
LONGEST_TOPIC, MOST_TOPICS = 4096, 256

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
    """The topic in a common name of this kind; of no characters where it has none."""
    topic = name.removeprefix(PREFIXES[kind, scope])
    whole = kind != "mdm" or topic.startswith(_MANAGEMENT) or not topic.strip()
    return topic if whole else _EXTERNAL + topic


class Identity(msgspec.Struct, frozen=True):
    """What a client certificate says about its owner.

    `subject` is written as in RFC 4514. `topics` has the main one first and is empty if there is
    none. `scope` is None where the certificate does not tell.
    """

    subject: str
    topics: tuple[str, ...]
    scope: Scope | None


# A provider comes back with the same certificate, again and again, and reading it takes 70 µs where
# a handshake takes 1,700 of CPU (measured).
@lru_cache(maxsize=256)
def read_identity(der: bytes) -> Identity:
    """What the certificate says. Raises `Unreadable` where nobody can tell, and nothing else."""
    certificate = read_certificate(der)
    uid = certificate.subject.first(UID.dotted_string) or ""
    name = certificate.subject.first(COMMON_NAME) or ""
    kind = next((known for known, prefix in PREFIXES.items() if name.startswith(prefix)), None)
    named = _named_topic(name, *kind) if kind else ""
    listed = decode_topics(certificate.extensions.get(TOPICS.dotted_string, b""))
    # What has no characters names no app, wherever it stands.
    topics = dict.fromkeys(filter(str.strip, (uid if uid.strip() else named, *listed)))
    _check_bounds(topics)
    return Identity(
        str(certificate.subject), tuple(topics), _scope(certificate.extensions.keys(), kind)
    )


def _check_bounds(topics: Collection[str]) -> None:
    if len(topics) > MOST_TOPICS:
        raise Unreadable(f"it has {len(topics):,} topics, and no more than {MOST_TOPICS} are read")
    longest = max((len(each.encode()) for each in topics), default=0)
    if longest > LONGEST_TOPIC:
        size = size_in_words(longest)
        raise Unreadable(f"it has a topic of {size}, and no more than {LONGEST_TOPIC:,} are read")


def _scope(oids: Collection[str], kind: tuple[Kind, Scope] | None) -> Scope | None:
    # The extensions decide, as in node-apn 1.7.8; the common name only where there are none.
    match SANDBOX.dotted_string in oids, PRODUCTION.dotted_string in oids:
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
    return encode(
        SEQUENCE,
        b"".join(
            encode(UTF8_STRING, topic.encode())
            + encode(SEQUENCE, encode(UTF8_STRING, kind.encode()))
            for topic, kind in topics
        ),
    )


def decode_topics(der: bytes) -> list[str]:
    """The topics of the extension, as far as it can be read."""
    found = []
    with contextlib.suppress(Unreadable):
        for listed in elements(der):
            for each in elements(listed.of(SEQUENCE)):
                if each.tag == UTF8_STRING:
                    found.append(each.content.decode("utf-8", "replace"))
    return found
