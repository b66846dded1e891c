"""What a certificate says, read from its bytes (RFC 5280, 4.1).

OpenSSL has decided by then whether to trust it. `cryptography` would read it, too, but warns of
what is merely unusual, such as a name over 64 characters, as long bundle ids make them: under
`-W error` that raises, and the filters of warnings belong to the whole process, so no thread
may change them.
"""

from __future__ import annotations

import msgspec

from ..text import size_in_words
from .der import (
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    Element,
    Unreadable,
    dotted,
    elements,
)

COMMON_NAME = "2.5.4.3"
#: How names write their attributes (RFC 4514, 3); any other by its number.
_SHORT = {
    COMMON_NAME: "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
#: The kinds of strings, and what their bytes are. Those of one byte a character hold anything in
#: practice, and OpenSSL takes all of them for Latin 1, too.
_STRINGS = {
    0x0C: "utf-8",
    0x12: "latin-1",
    0x13: "latin-1",
    0x14: "latin-1",
    0x16: "latin-1",
    0x1A: "latin-1",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_ESCAPED = '"+,;<>\\'
#: Bytes of a certificate: Apple's have 2 kB, and whoever connects may show up to 100 kB (OpenSSL's
#: `max_cert_list`), which our one thread would read and the ledger would keep.
LARGEST = 1 << 14


class Attribute(msgspec.Struct, frozen=True):
    """One value in a name: which, by number, and its text; `#` and hex where it is no text."""

    kind: str
    value: str
    is_text: bool

    def __str__(self) -> str:
        name, value = _SHORT.get(self.kind, self.kind), self.value
        return f"{name}={_escaped(value) if self.is_text else value}"


class Name(msgspec.Struct, frozen=True):
    """A distinguished name: its parts, of one attribute or several. As text it is RFC 4514's."""

    parts: tuple[tuple[Attribute, ...], ...]

    def first(self, kind: str) -> str | None:
        """The first text of this kind; None without one. Raises `Unreadable` if it is no text."""
        found = next((each for part in self.parts for each in part if each.kind == kind), None)
        if found is None:
            return None
        if not found.is_text:
            raise Unreadable(f"the {_SHORT.get(kind, kind)} of its subject is no text")
        return found.value

    def __str__(self) -> str:
        return ",".join("+".join(map(str, part)) for part in reversed(self.parts))


class Certificate(msgspec.Struct, frozen=True):
    """Who issued it to whom, and the values of its extensions by number."""

    issuer: Name
    subject: Name
    extensions: dict[str, bytes]


def read_certificate(der: bytes) -> Certificate:
    """What a certificate in DER says. Raises `Unreadable`, and nothing else."""
    if len(der) > LARGEST:
        raise Unreadable(f"it has {size_in_words(len(der))}, and no more than {LARGEST:,} are read")
    try:
        return _read(der)
    except Unreadable:
        raise
    except Exception as wrong:
        # Whoever made it, a server goes on for all others.
        raise Unreadable(f"it is not built as X.509 has it ({wrong})") from wrong


def _read(der: bytes) -> Certificate:
    [whole] = elements(der)
    signed, _algorithm, _signature = elements(whole.of(SEQUENCE))
    fields = list(elements(signed.of(SEQUENCE)))
    if fields[0].tag == _VERSION:
        [version] = elements(fields.pop(0).content)
        # Counted from 0, and there has been none behind the third.
        if int.from_bytes(version.of(INTEGER), "big") > 2:
            raise Unreadable("its version is none of 1 to 3, which are all that there are")
    _serial, _algorithm, issuer, _validity, subject, _key, *further = fields
    extensions = dict(further).get(_EXTENSIONS)
    return Certificate(
        _name(issuer), _name(subject), {} if extensions is None else _extensions(extensions)
    )


def _name(name: Element) -> Name:
    parts = (part.of(SET) for part in elements(name.of(SEQUENCE)))
    return Name(tuple(tuple(map(_attribute, elements(part))) for part in parts))


def _attribute(attribute: Element) -> Attribute:
    kind, value = elements(attribute.of(SEQUENCE))
    number = dotted(kind.of(OBJECT_IDENTIFIER))
    if value.tag not in _STRINGS:
        return Attribute(number, f"#{value.encoded.hex()}", is_text=False)
    return Attribute(number, value.content.decode(_STRINGS[value.tag]), is_text=True)


def _extensions(der: bytes) -> dict[str, bytes]:
    """Their values by number. What stands between the two says whether it is critical."""
    found: dict[str, bytes] = {}
    [listed] = elements(der)
    for extension in elements(listed.of(SEQUENCE)):
        kind, *_, value = elements(extension.of(SEQUENCE))
        number = dotted(kind.of(OBJECT_IDENTIFIER))
        if number in found:
            raise Unreadable(f"it has the extension {number} twice")
        found[number] = value.of(OCTET_STRING)
    return found


def _escaped(value: str) -> str:
    """As RFC 4514 (2.4) has it."""
    value = "".join(f"\\{each}" if each in _ESCAPED else each for each in value)
    value = value.replace("\0", "\\00")
    if value == " ":
        return "\\ "
    if value.startswith(("#", " ")):
        value = f"\\{value}"
    if value.endswith(" "):
        value = f"{value[:-1]}\\ "
    return value
