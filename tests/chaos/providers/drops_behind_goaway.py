"""A provider of the API that forgets what was under way when a connection was told GOAWAY."""

from __future__ import annotations

from collections.abc import Iterator

from .over_http2 import Fates, Item, send_all


def answered_badly(fates: Fates) -> Iterator[Item]:
    """What an answer asks for, and nothing that has none."""
    for item, (status, _) in fates:
        if status is not None and status >= 429:
            yield item


if __name__ == "__main__":
    send_all(answered_badly)
