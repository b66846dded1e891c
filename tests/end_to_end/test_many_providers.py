"""Ten thousand notifications from eight providers, and every single one accounted for.

Each provider keeps its own notes of what it wrote on which connection; the ledger has to
agree with them, frame for frame.
"""

from __future__ import annotations

import hashlib
import ssl
from collections import defaultdict

import trio

from fakeapns import AfterNotifications, FakeAPNs, Reject
from fakeapns.ledger.entries import ConnectionClosed, ConnectionOpened, Entry, Response

from .wire import Link, pack

PROVIDERS = 8
EACH = 10_000 // PROVIDERS
#: Positions of the tokens that are refused, and how many frames later the error comes.
BAD = (EACH // 3, 2 * EACH // 3)
LATE = 40
BATCH = 25

Frames = dict[int, bytes]


class NotedLink(Link):
    """A connection that also knows how much of it was written while the server listened."""

    heard: int | None = None


class Provider:
    """Writes all its notifications, and again what an error swallowed.

    A careful one stops writing when it has the error packet. A deaf one, as many are, does
    not look for it before a write fails; it makes sure to write on after the server is gone.
    """

    def __init__(self, apns: FakeAPNs, number: int, *, deaf: bool) -> None:
        self._apns = apns
        self._context: ssl.SSLContext = apns.ssl_context()
        self._deaf = deaf
        self.links: list[NotedLink] = []
        self.intended = [
            (hashlib.sha256(b"%d of %d" % (position, number)).digest(), b'{"aps":{"badge":1}}')
            for position in range(EACH)
        ]
        self.bad = {self._identifier(number, position) for position in BAD}
        self._todo: Frames = {
            self._identifier(number, position): pack(
                token, payload, self._identifier(number, position)
            )
            for position, (token, payload) in enumerate(self.intended)
        }

    @staticmethod
    def _identifier(number: int, position: int) -> int:
        return number * EACH + position + 1

    async def run(self) -> None:
        while self._todo:
            address = (self._apns.gateway.host, self._apns.gateway.port)
            link = await NotedLink.open(address, self._context)
            self.links.append(link)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(link.listen)
                if self._deaf and self.bad & self._todo.keys():
                    await self._write_past_the_end(link)
                else:
                    await self._write(link, list(self._todo))
                await link.hang_up()
            await link.close()
            identifiers = list(self._todo)
            behind = identifiers.index(link.refused) + 1 if link.answered else len(identifiers)
            self._todo = {each: self._todo[each] for each in identifiers[behind:]}

    async def _write(self, link: Link, identifiers: list[int], *, blindly: bool = False) -> None:
        for first in range(0, len(identifiers), BATCH):
            if link.broken or (link.answered and not blindly):
                return
            batch = identifiers[first : first + BATCH]
            await link.write({each: self._todo[each] for each in batch})

    async def _write_past_the_end(self, link: NotedLink) -> None:
        """Write up to the error and behind it, then to a server that reads on, then to none."""
        identifiers = list(self._todo)
        third = len(identifiers) // 3
        closed = self._closed(link)
        await self._write(link, identifiers[: 2 * third], blindly=True)
        await link.ended.wait()
        await self._write(link, identifiers[2 * third : -third // 2], blindly=True)
        link.heard = len(link.written)
        await closed.wait()
        await self._write(link, identifiers[-third // 2 :], blindly=True)

    def _closed(self, link: Link) -> trio.Event:
        """Set when the ledger says that the server has closed this connection."""
        event = trio.Event()

        def look(entry: Entry) -> None:
            if isinstance(entry, ConnectionClosed) and entry.connection == self._number(link):
                event.set()

        self._apns.ledger.watch(look)
        return event

    def _number(self, link: Link) -> int:
        opened = self._apns.ledger.of(ConnectionOpened)
        return [each.connection for each in opened if each.peer == link.name][-1]


async def test_ten_thousand_notifications_from_eight_providers_are_accounted_for() -> None:
    async with FakeAPNs() as apns:
        providers = [Provider(apns, number, deaf=number < 2) for number in range(PROVIDERS)]
        for provider in providers:
            for position in BAD:
                token, _ = provider.intended[position]
                late = Reject("invalid-token", delay=AfterNotifications(LATE))
                apns.inject(late, token=token.hex())
        with trio.fail_after(120):
            async with trio.open_nursery() as nursery:
                for provider in providers:
                    nursery.start_soon(provider.run)
            await apns.wait_for(PROVIDERS * (EACH - len(BAD)), timeout=60)

        for provider in providers:
            check_links(apns, provider)
        audit = apns.audit([each for provider in providers for each in provider.intended])
        assert audit.ok, str(audit)
        assert audit.intended == PROVIDERS * EACH
        assert audit.accepted == PROVIDERS * (EACH - len(BAD))
        assert len(audit.refused) == len(apns.rejected) == PROVIDERS * len(BAD)
        assert len(apns.discarded) >= PROVIDERS * len(BAD) * LATE
        delayed_by = {each.delayed_by for each in apns.ledger.of(Response)}
        assert delayed_by == {"notifications"}


def check_links(apns: FakeAPNs, provider: Provider) -> None:
    """What the provider wrote on each connection, against what the ledger has of it."""
    # A port may come again, so connections from the same one are told apart by their order.
    numbers: dict[str, list[int]] = defaultdict(list)
    for opened in apns.ledger.of(ConnectionOpened):
        numbers[opened.peer].append(opened.connection)
    recorded: dict[int, list[int | None]] = defaultdict(list)
    for each in apns.notifications:
        recorded[each.connection].append(each.identifier)

    assert {link.refused for link in provider.links if link.answered} == provider.bad
    assert len(provider.links) == len(BAD) + 1
    for link in provider.links:
        found = recorded[numbers[link.name].pop(0)]
        assert found == link.written[: len(found)]
        # What is missing was written after the server had finished reading, and nothing else.
        assert len(found) == (len(link.written) if link.heard is None else link.heard)
        if link.heard is not None:
            assert len(found) < len(link.written)
