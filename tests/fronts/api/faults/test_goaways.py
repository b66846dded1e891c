"""GOAWAYs that meet others, late answers, and the end of the server."""

from __future__ import annotations

from typing import Any

import h2.events
import pytest

from fakeapns import GoAway, LateAnswer, On, Step
from fakeapns.ledger import FaultFired, GoAwaySeen, SettingsSeen

from ..dialogue import NOBODY, Dialogue, signed

ENGINES = pytest.mark.parametrize("engine", ["ngh2", "h2"])
FIRST, SECOND = On(notification=1), On(notification=2)


def at_once(talk: Dialogue, count: int) -> None:
    """So many requests in one write."""
    for _ in range(count):
        talk.begin()
    talk.flow()


def lasts(talk: Dialogue) -> list[tuple[int, str]]:
    """What the client was told by GOAWAY, which is what is on record."""
    heard = [
        (event.last_stream_id or 0, (event.additional_data or b"").decode())
        for event in talk.events
        if isinstance(event, h2.events.ConnectionTerminated)
    ]
    entries = [each for each in talk.ledger.of(GoAwaySeen) if each.by == "server"]
    assert [each.last_stream for each in entries] == [last for last, _ in heard]
    return heard


def outcomes(talk: Dialogue) -> list[tuple[str, bool | None]]:
    return [(push.outcome, push.answered) for push in talk.pushes]


@pytest.mark.parametrize("last", [7, "all"])
def test_what_came_together_with_it_is_processed_before_the_close(last: Any) -> None:
    talk = Dialogue(Step(GoAway(last), FIRST))
    at_once(talk, 4)
    assert outcomes(talk) == [("accepted", True)] * 4
    assert [talk.streams[stream].status for stream in (1, 3, 5, 7)] == [200] * 4
    talk.wait(10)
    assert talk.end.reason == "shutdown"


def test_streams_that_wait_to_be_looked_at_were_opened_too() -> None:
    talk = Dialogue(Step(GoAway(then="keep"), FIRST))
    at_once(talk, 4)
    assert [each.unprocessed for each in talk.ledger.of(GoAwaySeen)] == [3]


def test_what_it_calls_not_processed_is_not_answered_later() -> None:
    steps = (Step(LateAnswer("5s"), On(stream=3)), Step(GoAway(1), On(stream=5)))
    talk = Dialogue(*steps)
    at_once(talk, 3)
    talk.wait(60)
    assert 3 not in talk.streams
    assert outcomes(talk) == [("accepted", True), ("accepted", False), ("discarded", False)]
    assert talk.end.unanswered == 2


def test_a_second_one_is_said_and_names_no_higher_stream() -> None:
    steps = (
        Step(GoAway("all", debug="Shutdown", then="keep"), FIRST),
        Step(GoAway(1, debug="one", then="keep"), SECOND),
        Step(GoAway("all", debug="all"), On(idle="1m")),
    )
    talk = Dialogue(*steps)
    at_once(talk, 3)
    talk.wait(60)
    assert lasts(talk) == [(2**31 - 1, '{"reason":"Shutdown"}'), (1, "one"), (1, "all")]
    assert [push.outcome for push in talk.pushes] == ["accepted", "discarded", "discarded"]
    talk.wait(10)
    assert talk.end.reason == "shutdown"


def test_of_two_that_name_the_same_stream_the_first_is_to_blame() -> None:
    talk = Dialogue(
        Step(GoAway(3, then="keep"), FIRST), Step(GoAway(3, then="keep"), On(after="1s"))
    )
    at_once(talk, 2)
    talk.wait(1)
    at_once(talk, 1)
    assert talk.pushes[-1].cause == talk.ledger.of(FaultFired)[0].seq


def test_two_may_be_on_their_way_and_both_are_said() -> None:
    steps = (
        Step(GoAway(5, debug="late", delay="2s"), FIRST),
        Step(GoAway(3, debug="soon", delay="1s", then="keep"), SECOND),
    )
    talk = Dialogue(*steps)
    at_once(talk, 4)
    assert [push.outcome for push in talk.pushes] == ["accepted"] * 2 + ["discarded"] * 2
    talk.wait(60)
    assert lasts(talk) == [(3, "soon"), (3, "late")]
    assert len(talk.ledger.of(FaultFired)) == 2


@ENGINES
@pytest.mark.parametrize("delay", ["0ms", "1h"])
def test_neither_the_end_of_the_server_takes_it_back(engine: str, delay: str) -> None:
    talk = Dialogue(Step(GoAway(1, delay=delay, then="keep"), SECOND), engine=engine)
    at_once(talk, 3)
    talk.stop()
    assert {last for last, _ in lasts(talk)} == {1}


@ENGINES
def test_nor_an_error_of_the_client(engine: str) -> None:
    talk = Dialogue(Step(GoAway(1, then="keep"), SECOND), engine=engine)
    at_once(talk, 3)
    # WINDOW_UPDATE by nothing is an error of the connection (RFC 9113, 6.9).
    talk.raw(bytes.fromhex("000004 08 00 00000000 00000000"))
    assert [last for last, _ in lasts(talk)] == [1, 1]
    assert [each.code for each in talk.ledger.of(GoAwaySeen)] == [0, 1]


def test_a_client_that_says_goaway_too_has_its_answers() -> None:
    steps = (Step(LateAnswer("5s"), FIRST), Step(GoAway(then="keep"), SECOND))
    talk = Dialogue(*steps)
    at_once(talk, 2)
    talk.client.close_connection()
    talk.raw(talk.client.data_to_send())
    talk.wait(5)
    assert outcomes(talk) == [("accepted", True), ("accepted", True)]
    assert [each.by for each in talk.ledger.of(GoAwaySeen)] == ["server", "provider"]


def test_at_the_beginning_it_comes_behind_settings() -> None:
    talk = Dialogue(Step(GoAway("zero", debug="Shutdown"), On(after="0ms")))
    kinds = [type(each) for each in talk.events]
    assert kinds.index(h2.events.RemoteSettingsChanged) < kinds.index(
        h2.events.ConnectionTerminated
    )
    assert [each.by for each in talk.ledger.of(SettingsSeen)] == ["server", "provider"]
    talk.wait(10)
    assert talk.end.reason == "shutdown"


def test_behind_it_no_limit_of_streams_rises() -> None:
    # h2, and so aioapns and httpx, take any SETTINGS that come behind GOAWAY for an error.
    talk = Dialogue(Step(GoAway("zero"), FIRST), provider=NOBODY)
    talk.push(signed=signed())
    said = [each.values[3] for each in talk.ledger.of(SettingsSeen) if each.by == "server"]
    assert said == [1]


def test_before_one_that_takes_its_time_it_rises_as_ever() -> None:
    talk = Dialogue(Step(GoAway(delay="5s"), FIRST), provider=NOBODY)
    talk.push(signed=signed())
    said = [each.values[3] for each in talk.ledger.of(SettingsSeen) if each.by == "server"]
    assert said == [1, 1000]
