"""Text that people see."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text on one line, without what would move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def encodable(text: str) -> str:
    """The text with what no UTF-8 can hold escaped: names of files can be any bytes."""
    return text.encode("utf-8", "backslashreplace").decode()
