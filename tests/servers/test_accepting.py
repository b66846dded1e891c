"""Taking in all who wait, and what becomes of those whom there is no room for."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import trio

from fakeapns import FakeAPNs
from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused
from fakeapns.servers.accepting import MOST, accept

from ..providers import await_entries, dial


class Rounds(trio.abc.Instrument):
    """How often the loop has looked for news."""

    def __init__(self) -> None:
        self.count = 0

    def before_io_wait(self, timeout: float) -> None:
        self.count += 1


async def test_all_who_wait_are_taken_in_together(nursery: Any) -> None:
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=1024)
    rounds, taken = Rounds(), list[int]()
    trio.lowlevel.add_instrument(rounds)

    def take(stream: trio.SocketStream) -> None:
        taken.append(rounds.count)
        stream.socket.close()

    with contextlib.ExitStack() as waiting:
        for _ in range(MOST):
            connection = socket.create_connection(listener.socket.getsockname())
            waiting.enter_context(connection)
        nursery.start_soon(accept, listener, take, lambda _: None)
        with trio.fail_after(60):
            while len(taken) < MOST:
                await trio.lowlevel.checkpoint()
    assert len(set(taken)) == 1
    trio.lowlevel.remove_instrument(rounds)
    nursery.cancel_scope.cancel()


@contextlib.contextmanager
def no_more_descriptors() -> Iterator[None]:
    """This process can open nothing more meanwhile."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    held: list[int] = []
    highest = max(map(int, os.listdir("/dev/fd")))
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, limits[1]))
    try:
        with contextlib.suppress(OSError):
            while True:
                held.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        for each in held:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.parametrize("place", ["gateway", "proxy"])
def test_who_comes_when_no_descriptor_is_left_is_told_of_and_hurts_nobody(
    place: str, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeAPNs(hosts=["127.0.0.1"], proxy_port=0).in_thread() as apns:
        with dial(apns) as open_one:
            where = apns.gateway if place == "gateway" else apns.proxy
            address = where.host, where.port
            with contextlib.ExitStack() as comers:
                sockets = [comers.enter_context(socket.socket()) for _ in range(20)]
                with no_more_descriptors():
                    for each in sockets:
                        each.settimeout(30)
                        each.connect(address)
                    refused = await_entries(apns, ConnectionRefused, 20)
                    # Nobody is left waiting for what does not come.
                    assert [each.recv(1) for each in sockets] == [b""] * 20
                    names = [each.getsockname() for each in sockets]
            open_one.unwrap().close()
        with dial(apns):
            opened = await_entries(apns, ConnectionOpened, 2)
    assert {(each.service, each.reason) for each in refused} == {(place, "limit")}
    assert all("no file descriptor left" in each.hint for each in refused)
    assert {each.peer for each in refused} == {f"127.0.0.1:{port}" for _, port in names}
    numbers = [each.connection for each in opened] + [each.connection for each in refused]
    assert sorted(numbers) == list(range(1, 23))
    assert not caplog.records


async def test_where_there_is_no_room_at_all_it_is_tried_again_later(
    monkeypatch: pytest.MonkeyPatch, nursery: Any
) -> None:
    """Without even a spare one: whoever comes waits."""
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    tried = trio.Event()
    real = socket.socket.accept

    def fail(_: socket.socket) -> Any:
        tried.set()
        raise OSError(errno.ENFILE, "Too many open files in system")

    monkeypatch.setattr(socket.socket, "accept", fail)
    taken = trio.Event()

    def take(stream: trio.SocketStream) -> None:
        stream.socket.close()
        taken.set()

    nursery.start_soon(accept, listener, take, lambda _: None)
    with socket.create_connection(listener.socket.getsockname()), trio.fail_after(60):
        await tried.wait()
        assert not taken.is_set()
        monkeypatch.setattr(socket.socket, "accept", real)
        await taken.wait()
    nursery.cancel_scope.cancel()
