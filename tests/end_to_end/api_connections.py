"""What clients of the API see of faults that concern a whole connection."""

from __future__ import annotations

from typing import Any

import h2.events
import pytest

from fakeapns import ThreadedAPNs
from fakeapns.ledger import ApiClosed, GoAwaySeen, SettingsSeen
from fakeapns.scenario.faults import (
    AcceptThenClose,
    Blackhole,
    ChangeDevice,
    ChangeSettings,
    DeafPing,
    Drop,
    Garbage,
    GoAway,
    NoCredit,
    NoSettings,
    Stall,
    Throttle,
)

from ..frames import TOPIC, numbered
from ..providers import await_entries
from .api_seen import FINE, Talk, httpx_client, outcomes, post, twice
from .seen import SILENT, sees, write_piece_by_piece

CONNECTIONS: list[Any] = []
#: PINGs, 340 kB of them: less than a connection takes unread where no step may leave it so.
LOTS = bytes.fromhex("000008 06 00 00000000") * 20_000


@sees(CONNECTIONS, Drop())
@sees(CONNECTIONS, Drop("no-close-notify"))
@sees(CONNECTIONS, Drop(after_answer_bytes=9))
@sees(CONNECTIONS, Garbage("48 54 54 50 2f 31 2e 31 20 35 30 35"))
def an_end_in_place_of_an_answer(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client), post(client)] == ["RemoteProtocolError", "200"]
    assert outcomes(apns) == [("accepted", False), FINE]


@sees(CONNECTIONS, Drop("reset"))
def a_reset_in_place_of_an_answer(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert post(client) in ("ReadError", "WriteError", "RemoteProtocolError")
        assert post(client) == "200"
    assert outcomes(apns) == [("accepted", False), FINE]


@sees(CONNECTIONS, Drop(), idle="50ms")
@sees(CONNECTIONS, GoAway(debug="IdleTimeout"), idle="50ms")
def the_end_of_a_quiet_line(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.await_end()
        goaways = talk.of(h2.events.ConnectionTerminated)
    assert [each.additional_data for each in goaways] in ([], [b'{"reason":"IdleTimeout"}'])
    assert len(apns.ledger.of(GoAwaySeen)) == len(goaways)


@sees(CONNECTIONS, Blackhole(), notification=1)
def a_line_that_is_dead(apns: ThreadedAPNs) -> None:
    assert twice(apns, patience=SILENT) == ["200", "ReadTimeout"]
    await_entries(apns, ApiClosed)
    assert outcomes(apns) == [FINE, ("discarded", False)]


@sees(CONNECTIONS, Stall("1h"), notification=1)
@sees(CONNECTIONS, Throttle(1), notification=1)
def a_line_that_nobody_reads(apns: ThreadedAPNs) -> None:
    assert twice(apns, patience=SILENT) == ["200", "ReadTimeout"]
    assert outcomes(apns) == [FINE]


@sees(CONNECTIONS, Stall("1h"), notification=1)
@sees(CONNECTIONS, Throttle(1), notification=1)
def a_write_that_blocks(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.await_answers(*talk.push())
        talk.link.settimeout(SILENT)
        with pytest.raises(TimeoutError):
            write_piece_by_piece(talk.link, LOTS)


@sees(CONNECTIONS, GoAway("previous", debug="Shutdown"), notification=2)
@sees(CONNECTIONS, GoAway("previous", debug="Shutdown", then="keep"), notification=2)
@sees(CONNECTIONS, GoAway("previous", debug="Shutdown", then="silent"), notification=2)
def streams_that_were_left_out(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.push(3)
        while not talk.of(h2.events.ConnectionTerminated):
            assert talk.read()
        [goaway] = talk.of(h2.events.ConnectionTerminated)
    assert (goaway.last_stream_id, goaway.additional_data) == (1, b'{"reason":"Shutdown"}')
    assert talk.answered == {1: 200}
    await_entries(apns, ApiClosed)
    assert outcomes(apns) == [FINE, ("discarded", False), ("discarded", False)]


@sees(CONNECTIONS, ChangeSettings(max_concurrent_streams=1, until="success"), notification=1)
def a_limit_that_falls_and_comes_back(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.await_answers(*talk.push())
        talk.await_answers(*talk.push())
        while len(talk.of(h2.events.RemoteSettingsChanged)) < 3:
            assert talk.read()
        assert talk.client.remote_settings.max_concurrent_streams == 1000
    said = [each.values[3] for each in apns.ledger.of(SettingsSeen) if each.by == "server"]
    # It begins with one, too, which the fault keeps from being raised by the first token.
    assert said == [1, 1, 1000]


@sees(CONNECTIONS, NoCredit())
def a_body_that_waits_for_credit(apns: ThreadedAPNs) -> None:
    body = b"{" + b" " * 4000 + b"}"
    with httpx_client(apns) as client:
        assert [post(client, body=body) for _ in range(16)] == ["200"] * 16
        assert post(client, body=body, patience=SILENT) == "ReadTimeout"
    await_entries(apns, ApiClosed)
    assert outcomes(apns) == [FINE] * 16


@sees(CONNECTIONS, NoSettings())
def answers_without_settings(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.await_answers(*talk.push())
        assert talk.of(h2.events.RemoteSettingsChanged) == []
    assert outcomes(apns) == [FINE]


@sees(CONNECTIONS, NoSettings("goaway"))
@sees(CONNECTIONS, AcceptThenClose())
def an_end_as_soon_as_it_stands(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client), post(client)] == ["RemoteProtocolError", "200"]
    assert [each for each in outcomes(apns) if each != FINE] in ([], [("discarded", False)])


@sees(CONNECTIONS, ChangeDevice("uninstall"))
def an_app_that_is_gone_behind_a_push(apns: ThreadedAPNs) -> None:
    apns.devices.add(TOPIC, numbered(7))
    with httpx_client(apns) as client:
        assert [post(client), post(client)] == ["200", "410 Unregistered"]
    assert outcomes(apns) == [FINE, ("rejected", True)]


@sees(CONNECTIONS, DeafPing())
def a_ping_that_nobody_acknowledges(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.client.ping(b"12345678")
        talk.await_answers(*talk.push())
        assert talk.of(h2.events.PingAckReceived) == []
    assert outcomes(apns) == [FINE]
