"""What is to be said of a push beside its content, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Sequence

from .expiration import expiration_warning
from .text_tokens import token_text


def envelope_warnings(
    token: bytes, expiration: int | None, since: float | None, *, in_digits: bool = False
) -> tuple[str, ...]:
    """What token and expiration were probably not meant to be, in words. The latter came as four
    bytes, or `in_digits`.

    `since` is the earliest moment, in epoch seconds, at which it may have been written: None where
    nobody knows, and then nothing is said of the expiration. It depends on nothing else, so it can
    be asked for whenever somebody looks.
    """
    # Bytes of a token are no ASCII, and most expirations are 0.
    text = token_text(token) if token.isascii() else None
    late = None
    if expiration and since is not None:
        late = expiration_warning(expiration, since, in_digits=in_digits)
    if text is None:
        return () if late is None else (late,)
    return (str(text),) if late is None else (str(text), late)


def no_envelope_warnings(
    tokens: Sequence[bytes], expirations: Sequence[int | None], since: float | None
) -> bool:
    """Whether there is nothing to say about any of these, which is quicker to find out."""
    if any(map(token_text, {*filter(bytes.isascii, tokens)})):
        return False
    return since is None or not any(expiration_warning(each, since) for each in set(expirations))
