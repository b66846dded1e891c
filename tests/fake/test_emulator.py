"""How an emulator ends when something fails in it: one exception, and the one that says most."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, StartError
from fakeapns.ledger.entries import ConnectionOpened

from ..frames import TOPIC, framed
from ..providers import await_entries, dial, read_to_end


class Pipe:
    """A file whose disk may be full from some moment on."""

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        self.path = f"/dev/fd/{self.writing}"
        self._full = False

    def fill_up(self) -> None:
        os.close(self._reading)
        self._full = True

    def close(self) -> None:
        os.close(self.writing)
        if not self._full:
            os.close(self._reading)


@pytest.fixture
def disk() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


async def fill_up_under(disk: Pipe, connections: int) -> None:
    """Let so many providers send at the moment from which nothing can be recorded."""
    async with FakeAPNs(ledger=disk.path) as apns:
        providers = [await apns.connect(TOPIC) for _ in range(connections)]
        await trio.testing.wait_all_tasks_blocked()
        disk.fill_up()
        async with trio.open_nursery() as nursery:
            for provider in providers:
                nursery.start_soon(provider.send_all, framed(1))
        await trio.sleep_forever()


@pytest.mark.parametrize("connections", [1, 2, 5])
async def test_however_many_connections_cannot_be_recorded_it_is_said_once(
    autojump_clock: MockClock, disk: Pipe, connections: int
) -> None:
    with pytest.raises(StartError, match=r"cannot write the ledger .*; make room and start again"):
        await fill_up_under(disk, connections)


def test_a_full_disk_is_one_sentence_in_a_thread_too(disk: Pipe) -> None:
    apns = FakeAPNs(ledger=disk.path).in_thread()
    apns.start()
    with dial(apns) as one, dial(apns) as other:
        await_entries(apns, ConnectionOpened, 2)
        disk.fill_up()
        for connection in (one, other):
            # The server may have ended at the first one's bytes already.
            with contextlib.suppress(OSError):
                connection.sendall(framed(1))
        with contextlib.suppress(OSError):
            read_to_end(one)
    with pytest.raises(StartError, match="make room and start again"):
        apns.stop()
