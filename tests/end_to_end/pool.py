"""A client that keeps several connections and shares one queue between them, as pools do."""

from __future__ import annotations

import ssl
from collections import deque

import trio

from fakeapns import FakeAPNs

from .wire import Link, pack

#: A last word that is bad on purpose: the error for it proves that all before it was accepted.
LAST = 0xFFFFFFFF
#: Notifications in one write.
BATCH = 7

Meant = tuple[bytes, bytes]


class Pool:
    """Sends `meant`, numbered from 1, over `size` connections; knows whom errors refused.

    A bad one `believes` no error: what was refused goes to the next connection that is free.
    """

    def __init__(
        self, apns: FakeAPNs, meant: list[Meant], size: int, *, believes: bool = True
    ) -> None:
        self._address = apns.gateway.host, apns.gateway.port
        self._context: ssl.SSLContext = apns.ssl_context()
        self._frames = {number: pack(*pair, number) for number, pair in enumerate(meant, start=1)}
        self._todo = deque(self._frames)
        self._size = size
        self._believes = believes
        self.refused: set[int] = set()

    async def run(self) -> None:
        """Send everything, and return when all of it is accepted or refused."""
        async with trio.open_nursery() as nursery:
            for _ in range(self._size):
                nursery.start_soon(self._work)

    async def _work(self) -> None:
        while self._todo:
            link = await Link.open(self._address, self._context)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(link.listen)
                await self._write(link)
                await link.ended.wait()
            self._learn(link)
            await link.close()

    async def _write(self, link: Link) -> None:
        while self._todo and not (link.answered or link.broken):
            batch = [self._todo.popleft() for _ in range(min(BATCH, len(self._todo)))]
            await link.write({each: self._frames[each] for each in batch})
        if not (link.answered or link.broken):
            await link.write({LAST: pack(b"", b"{}", LAST)})

    def _learn(self, link: Link) -> None:
        named = link.refused
        behind = link.written[link.written.index(named) + 1 :]
        if named != LAST and (self._believes or named not in self.refused):
            self._todo.extendleft([] if self._believes else [named])
            self.refused.add(named)
        self._todo.extendleft(each for each in reversed(behind) if each != LAST)
