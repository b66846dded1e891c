"""What is said in HTTP/1.1 to those who speak that: that it is not what they came for."""

from __future__ import annotations

from http import HTTPStatus


def refusal(status: int, sentence: str, *headers: str, with_body: bool = True) -> bytes:
    """An answer of this status, with a sentence for people to read; the connection is closed."""
    # Names that somebody else has chosen may be in any language.
    body = f"{sentence[:1].upper()}{sentence[1:]}.\n".encode("ascii", "backslashreplace")
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *headers,
        "content-type: text/plain",
        f"content-length: {len(body)}",
        "connection: close",
    )
    head = "".join(f"{line}\r\n" for line in lines).encode()
    return head + b"\r\n" + (body if with_body else b"")
