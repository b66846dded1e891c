"""Registrations by their tokens, and of each token by its topics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ...errors import UsageError
from ..token import short_token
from .registration import Registration

#: Hardly a token has several topics, and a dict for each takes 232 bytes.
Known = Registration | dict[str, Registration]
ByToken = dict[bytes, Known]


def by_topic(known: Known) -> Mapping[str, Registration]:
    """Those of one token, by topic."""
    return {known.topic: known} if isinstance(known, Registration) else known


def under(known: Known | None, topic: str) -> Registration | None:
    """That of this topic among them, if there is one."""
    if isinstance(known, Registration):
        return known if known.topic == topic else None
    return None if known is None else known.get(topic)


def put(into: ByToken, one: Registration) -> None:
    """One more. Raises `UsageError` for a token that is there already under its topic."""
    known = into.get(one.token_bytes)
    if known is not None and one.topic in by_topic(known):
        raise UsageError(
            f"token {short_token(one.token)} is registered twice under {one.topic}: keep one"
        )
    # One operation, of which a reader sees all or nothing.
    into[one.token_bytes] = one if known is None else {**by_topic(known), one.topic: one}


def drop(from_: ByToken, one: Registration) -> None:
    """One less; nothing if it is not there."""
    known = by_topic(from_.get(one.token_bytes, {}))
    others = {topic: each for topic, each in known.items() if each is not one}
    if others:
        from_[one.token_bytes] = others
    else:
        from_.pop(one.token_bytes, None)


def every(among: Iterable[Known]) -> Iterator[Registration]:
    """Each of these."""
    for known in among:
        yield from by_topic(known).values()
