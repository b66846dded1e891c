"""How much is decrypted in one go: about a slice of work, whatever that is to the connection."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fakeapns.fronts import Action, Left
from fakeapns.ledger import Moment
from fakeapns.servers.pump import pump
from fakeapns.servers.stream import CHUNK
from fakeapns.servers.turns import Turn

from .driven import running_clock

#: Less is never decrypted, whatever work it is.
LITTLE = 1024
#: What is read, and the bytes after which it has found out how much is right.
READS, FINDING_OUT = 40, 4 * CHUNK


class Flood:
    """A stream on which there is always more, up to its end."""

    asks_anew = owes = undecrypted = False

    def __init__(self) -> None:
        self.turn = Turn()
        self.ended: Left | None = None
        self.taken = self._left = 0
        self.portions: list[int] = []

    async def fetch(self, limit: int) -> None:
        self.taken += limit
        self._left = limit
        self.undecrypted = True

    def decrypt(self, limit: int) -> bytes:
        size = min(limit, self._left)
        self._left -= size
        self.undecrypted = self._left > 0
        self.portions.append(size)
        if self.taken == READS * CHUNK and not self._left:
            self.ended = "graceful"
        return bytes(size)


class Work:
    """A connection to which a read of `CHUNK` bytes is so many slices of work."""

    deadline, appetite, finished = math.inf, None, False

    def __init__(self, slices: float) -> None:
        self._each = slices / CHUNK
        self._left = 0.0

    @property
    def busy(self) -> bool:
        return self._left > 0

    def receive(self, data: bytes, now: Moment) -> None:
        self._left = len(data) * self._each

    def wake(self, now: Moment) -> None:
        self._left -= 1

    def ended(self, how: Left, now: Moment) -> None:
        self.finished = True

    def actions(self) -> list[Action]:
        return []

    def over(self, now: Moment) -> None:
        """Nothing is made of it."""


@pytest.mark.parametrize("slices", [0.01, 1, 1.01, 1.45, 2, 2.5, 7, 40, 600])
async def test_what_is_decrypted_in_one_go_is_about_a_slice_of_work(slices: float) -> None:
    stream: Any = Flood()
    connection: Any = Work(slices)
    await pump(stream, connection, running_clock(), lambda: None)
    found, at = [], 0
    for size in stream.portions:
        at += size
        if at > FINDING_OUT:
            found.append(size)
    assert at == READS * CHUNK
    work = slices / CHUNK
    assert max(found) * work <= 2 or max(found) <= LITTLE
    assert min(found) * work >= 0.5 or min(found) == CHUNK
