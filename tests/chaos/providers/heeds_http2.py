"""A provider of the API that is right: what was not processed, or has no answer, comes again."""

from __future__ import annotations

from collections.abc import Iterator

from .over_http2 import Fates, Item, send_all


def unprocessed(fates: Fates) -> Iterator[Item]:
    """What had no answer, or one that asks for patience."""
    for item, (status, reason) in fates:
        if status is None or status >= 429 or reason == "IdleTimeout":
            yield item


if __name__ == "__main__":
    send_all(unprocessed)
