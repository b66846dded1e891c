"""What is to be said of a push beside its content, whatever becomes of it."""

from __future__ import annotations

from .expiration import expiration_warning
from .text_tokens import token_text


def envelope_warnings(token: bytes, expiration: int | None, since: float | None) -> tuple[str, ...]:
    """What token and expiration were probably not meant to be, in words.

    `since` is the earliest moment, in epoch seconds, at which it may have been written: None where
    nobody knows, and then nothing is said of the expiration. It depends on nothing else, so it can
    be asked for whenever somebody looks.
    """
    text = token_text(token)
    late = None if since is None else expiration_warning(expiration, since)
    if text is None:
        return () if late is None else (late,)
    return (str(text),) if late is None else (str(text), late)
