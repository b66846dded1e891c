"""A provider of the API that takes each 4xx for the end of a device."""

from __future__ import annotations

from collections.abc import Iterator

from .over_http2 import Fate, Fates, Item, Talk, send_all

_GONE: set[str] = set()


class Pruning(Talk):
    """Sends nothing more to a token that was answered with any 4xx."""

    def _over(self, number: int, fate: Fate) -> None:
        if fate[0] is not None and 400 <= fate[0] < 500:
            _GONE.add(self._open[number]["token"])
            kept = [item for item in self.unsent if item["token"] not in _GONE]
            self.unsent.clear()
            self.unsent.extend(kept)
        super()._over(number, fate)


def of_those_left(fates: Fates) -> Iterator[Item]:
    """What had no answer or a 5xx, to devices that are taken to be there."""
    for item, (status, _) in fates:
        if (status is None or status >= 500) and item["token"] not in _GONE:
            yield item


if __name__ == "__main__":
    send_all(of_those_left, Pruning)
