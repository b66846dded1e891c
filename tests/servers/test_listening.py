"""Listening: the same port on every address, and what to do where that cannot be."""

from __future__ import annotations

import errno
import logging
import socket
from itertools import count
from typing import Any

import pytest
import trio

from fakeapns import FakeAPNs, StartError
from fakeapns.servers.listening import Preferred, open_listeners, warn_of_others

BOTH = ("127.0.0.1", "::1")


async def close(listeners: list[trio.SocketListener]) -> None:
    for listener in listeners:
        await listener.aclose()


def refusing(
    monkeypatch: pytest.MonkeyPatch, host: str, number: int, times: int = 1000
) -> list[trio.SocketListener]:
    """Refuse to listen on hosts that begin so, so many times; the listeners there are else."""
    really = trio.open_tcp_listeners
    left = iter(range(times))
    opened: list[trio.SocketListener] = []

    async def open_tcp_listeners(
        port: int, *, host: str, backlog: int
    ) -> list[trio.SocketListener]:
        if host.startswith(refused) and next(left, None) is not None:
            raise OSError(number, "made up")
        listeners = list(await really(port, host=host, backlog=backlog))
        opened.extend(listeners)
        return listeners

    refused = host
    monkeypatch.setattr(trio, "open_tcp_listeners", open_tcp_listeners)
    return opened


async def test_any_free_port_is_the_same_on_both_addresses() -> None:
    listeners, port = await open_listeners(BOTH, 0, "--gateway-port")
    assert [listener.socket.getsockname()[:2] for listener in listeners] == [
        ("127.0.0.1", port),
        ("::1", port),
    ]
    await close(listeners)


async def test_a_port_that_one_address_lacks_is_given_up_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusing(monkeypatch, "::1", errno.EADDRINUSE, times=3)
    listeners, port = await open_listeners(BOTH, 0, "--gateway-port")
    assert {listener.socket.getsockname()[1] for listener in listeners} == {port}
    await close(listeners)


async def test_giving_up_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = refusing(monkeypatch, "::1", errno.EADDRINUSE)
    with pytest.raises(StartError, match=r"^no port is free on all of 127\.0\.0\.1, ::1: listen"):
        await open_listeners(BOTH, 0, "--gateway-port")
    assert opened
    assert {listener.socket.fileno() for listener in opened} == {-1}


async def test_without_ipv6_a_line_is_logged_and_that_is_all(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refusing(monkeypatch, "::1", errno.EADDRNOTAVAIL)
    with caplog.at_level(logging.WARNING, logger="fakeapns"):
        listeners, _ = await open_listeners(BOTH, 0, "--gateway-port")
    assert len(listeners) == 1
    assert caplog.messages == ["this machine has no ::1: listening without it"]
    await close(listeners)


async def test_it_is_logged_once_however_often_a_port_is_tried(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, tries = trio.open_tcp_listeners, count(1)

    async def missing_or_taken(port: int, **given: Any) -> list[trio.SocketListener]:
        if given["host"] == "::1":
            raise OSError(errno.EADDRNOTAVAIL, "made up")
        if next(tries) < 3:
            raise OSError(errno.EADDRINUSE, "made up")
        return await real(port, **given)

    monkeypatch.setattr(trio, "open_tcp_listeners", missing_or_taken)
    with caplog.at_level(logging.WARNING, logger="fakeapns"):
        listeners, _ = await open_listeners(["::1", "127.0.0.1"], 0, "--gateway-port")
    assert next(tries) > 3
    assert caplog.messages == ["this machine has no ::1: listening without it"]
    await close(listeners)


async def test_an_address_that_is_the_only_one_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, "::1", errno.EADDRNOTAVAIL)
    with pytest.raises(StartError, match=r"cannot listen on ::1:0: made up; choose other addre"):
        await open_listeners(["::1"], 0, "--gateway-port")


async def test_addresses_that_are_all_missing_leave_nothing_to_listen_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusing(monkeypatch, "::", errno.EADDRNOTAVAIL)
    with pytest.raises(StartError, match="none of the addresses exists here; choose other"):
        await open_listeners(["::1", "::2"], 0, "--gateway-port")


async def test_an_ipv4_address_is_never_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, "127.0.0.1", errno.EADDRNOTAVAIL)
    with pytest.raises(StartError, match="cannot listen on"):
        await open_listeners(BOTH, 0, "--gateway-port")


async def test_a_port_in_use_names_the_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=rf"^port {port} is in use.*with --feedback-port"):
            await open_listeners(BOTH, port, "--feedback-port")


async def test_a_port_that_is_not_allowed_names_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, "127.0.0.1", errno.EACCES)
    with pytest.raises(StartError, match=r"port 80 is not allowed.*above 1023 with --gateway-port"):
        await open_listeners(BOTH, 80, "--gateway-port")


async def test_a_port_that_another_server_has_had_is_not_given_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    really = trio.open_tcp_listeners
    first, had = await open_listeners(("127.0.0.1",), 0, "--gateway-port")
    await close(first)
    wanted = [had, had]

    async def open_tcp_listeners(
        port: int, *, host: str, backlog: int
    ) -> list[trio.SocketListener]:
        # What the kernel might do, and seldom does.
        port = port or (wanted.pop() if wanted else 0)
        return list(await really(port, host=host, backlog=backlog))

    monkeypatch.setattr(trio, "open_tcp_listeners", open_tcp_listeners)
    second, other = await open_listeners(("127.0.0.1",), 0, "--gateway-port")
    assert (wanted, other == had) == ([], False)
    await close(second)
    # Who asks for it by number, as a server that comes back does, gets it.
    third, again = await open_listeners(("127.0.0.1",), had, "--gateway-port")
    assert again == had
    await close(third)


# ---- a port that nobody has asked for ----------------------------------------------------------


async def test_one_that_nobody_has_asked_for_and_that_is_taken_becomes_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with caplog.at_level(logging.WARNING, logger="fakeapns"):
            listeners, bound = await open_listeners(("127.0.0.1",), Preferred(port), "--api-port")
        assert caplog.messages == [
            f"port {port} is in use: {bound} in its place; tell the other commands by --api-port "
            f"{bound}, or by a ready file"
        ]
        assert bound not in (0, port)
        await close(listeners)


async def test_one_that_is_free_on_one_address_only_becomes_another_on_both() -> None:
    with socket.create_server(("127.0.0.2", 0)) as taken:
        port = taken.getsockname()[1]
        hosts = ("127.0.0.1", "127.0.0.2")
        listeners, bound = await open_listeners(hosts, Preferred(port), "--api-port")
        assert [each.socket.getsockname() for each in listeners] == [
            (host, bound) for host in hosts
        ]
        assert bound != port
        await close(listeners)


async def test_one_that_the_system_keeps_for_itself_becomes_another(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    really = trio.open_tcp_listeners

    async def reserved(port: int, **given: Any) -> list[trio.SocketListener]:
        if port == 2197:
            # As on Windows, which reserves ranges.
            raise OSError(errno.EACCES, "made up")
        return list(await really(port, **given))

    monkeypatch.setattr(trio, "open_tcp_listeners", reserved)
    listeners, bound = await open_listeners(("127.0.0.1",), Preferred(2197), "--api-port")
    assert bound != 2197
    await close(listeners)


async def test_one_that_is_free_is_taken_and_nothing_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listeners, free = await open_listeners(("127.0.0.1",), 0, "--api-port")
    await close(listeners)
    listeners, bound = await open_listeners(("127.0.0.1",), Preferred(free), "--api-port")
    assert (bound, caplog.messages) == (free, [])
    await close(listeners)


# ---- beyond loopback --------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_this_machine_s_alone(address: str, caplog: pytest.LogCaptureFixture) -> None:
    warn_of_others([address])
    assert caplog.messages == []


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "fe80::1%eth0", "2001:db8::1"])
def test_of_any_other_address_it_is_said_what_that_means(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_others(["127.0.0.1", address, address])
    assert caplog.messages == [
        f"listening on {address}: whoever reaches this machine over the network can connect; "
        "without --host (in Python: hosts=) only programs on this machine can"
    ]


@pytest.mark.parametrize("host", ["0.0.0.0", "everywhere.example"])
async def test_it_is_said_once_of_a_server_and_of_what_a_name_stands_for(
    host: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("0.0.0.0", 0))]

    monkeypatch.setattr("fakeapns.servers.listening.trio.socket.getaddrinfo", resolve)
    async with FakeAPNs(hosts=[host]):
        assert len([each for each in caplog.messages if "listening on 0.0.0.0:" in each]) == 1
