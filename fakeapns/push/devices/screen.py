"""What a screen has of one app: its notifications, and the number on its icon."""

from __future__ import annotations

import msgspec

from .landing import Shown

#: How much is known of what was: servers run for weeks, and nobody reads there.
MOST = 1000


class Card(msgspec.Struct, frozen=True, gc=False):
    """A notification on the screen: the `seq` of its entry, and what is shown of it."""

    seq: int
    shown: Shown
    collapse_id: str | None


class Screen:
    """Cards, of which it has room for so many, and the badge, 0 for none."""

    def __init__(self) -> None:
        #: By what a newer one takes their place: a collapse id, or else their own number.
        self._cards: dict[str | int, Card] = {}
        self.badge: int | float = 0

    @property
    def cards(self) -> list[Card]:
        """In the order in which they came."""
        return list(self._cards.values())

    def show(self, card: Card) -> None:
        """One more; it takes the place of the one with its collapse id, if there is one."""
        # It is the identifier of the notification on the device (UserNotifications).
        place = card.seq if card.collapse_id is None else card.collapse_id
        self._cards.pop(place, None)
        if card.shown.alert is not None:
            self._cards[place] = card
        if len(self._cards) > MOST:
            del self._cards[next(iter(self._cards))]

    def count(self, badge: int | float | None) -> None:
        """Set the badge, unless nothing is said of it: 0, and less, clear it, and all the cards."""
        if badge is None:
            return
        self.badge = badge if badge > 0 else 0
        if not self.badge:
            self._cards.clear()

    def remove(self, seq: int) -> bool:
        """Take the card of this notification away. False if it is not there."""
        places = [place for place, card in self._cards.items() if card.seq == seq]
        for place in places:
            del self._cards[place]
        return bool(places)

    def clear(self) -> None:
        """Nothing is there any more."""
        self._cards.clear()
        self.badge = 0
