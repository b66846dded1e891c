"""A provider of the API that sends all of a connection again, unless all on it was accepted."""

from __future__ import annotations

from collections.abc import Iterator

from .over_http2 import Fates, Item, send_all


def all_of_it(fates: Fates) -> Iterator[Item]:
    """All, what was accepted and what was refused for good, if anything went wrong."""
    if any(status != 200 for _, (status, _) in fates):
        yield from (item for item, _ in fates)


if __name__ == "__main__":
    send_all(all_of_it)
