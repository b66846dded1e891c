"""DER, as far as certificates need it: elements of a tag, a length and content (X.690, 8.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET = 0x02, 0x06, 0x30, 0x31
OCTET_STRING, UTF8_STRING = 0x04, 0x0C
#: A tag whose number is 31 goes on in further bytes, which nothing in a certificate does.
_LONG_TAG = 0x1F
#: Bytes of an object identifier: the longest in use have some 20, and to read one whose numbers
#: are as long as it likes takes the square of its length.
_LONGEST = 64


class Unreadable(ValueError):
    """Bytes that are not what they should be; what is wrong with them, in words."""


class Element(NamedTuple):
    """What kind of value it is, and its bytes."""

    tag: int
    content: bytes

    def of(self, tag: int) -> bytes:
        """The content, which has to be of this kind. Raises `Unreadable`."""
        if self.tag != tag:
            raise Unreadable("an element is of another kind than it has to be")
        return self.content

    @property
    def encoded(self) -> bytes:
        """All of it, tag and length in front."""
        return encode(*self)


def encode(tag: int, content: bytes) -> bytes:
    """One element."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def elements(der: bytes) -> Iterator[Element]:
    """The elements at one level. Raises `Unreadable` at the first that is
    none, behind those before it.
    """
    at = 0
    while at < len(der):
        if at + 2 > len(der) or der[at] & _LONG_TAG == _LONG_TAG:
            raise Unreadable("an element is cut short")
        tag, size = der[at], der[at + 1]
        at += 2
        if size & 0x80:
            count = size & 0x7F
            size = int.from_bytes(der[at : at + count], "big")
            at += count
            # A length of no bytes goes on to a mark, which DER has not (X.690, 10.1).
            if count == 0:
                raise Unreadable("an element has no length")
        if at + size > len(der):
            raise Unreadable("an element is cut short")
        yield Element(tag, der[at : at + size])
        at += size


def dotted(content: bytes) -> str:
    """An object identifier as in `2.5.4.3` (X.690, 8.19). Raises `Unreadable`."""
    if len(content) > _LONGEST:
        raise Unreadable(f"an object identifier has more than {_LONGEST} bytes")
    numbers, number = [], 0
    for byte in content:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if not content or content[-1] & 0x80:
        raise Unreadable("an object identifier is cut short")
    first = min(numbers[0] // 40, 2)
    return ".".join(str(each) for each in (first, numbers[0] - 40 * first, *numbers[1:]))
