"""What is taken from a ledger: every entry has its place, and what came again is told apart."""

from __future__ import annotations

from base64 import b64decode

import msgspec
import pytest

from fakeapns.inspector.timeline import Trace, trace
from fakeapns.inspector.timeline.tracing import MOST, MOST_LANES, MOST_PAYLOAD, MOST_TOKEN
from fakeapns.ledger.entries import (
    ConnectionRefused,
    FaultFired,
    FeedbackSent,
    Malformed,
    Response,
    ServerStarted,
)
from tests.frames import TOPIC, numbered
from tests.moments import WALL
from tests.scenario.test_catalogue import send_and_forget, send_it_all_again, send_well

from .told import Story, played


def found(story: Story) -> Trace:
    """What is drawn of it."""
    return trace(story.ledger)


def test_a_connection_is_a_lane_with_its_ends_and_its_counts() -> None:
    story = Story()
    opened = story.opened()
    story.sent(1)
    story.sent(2, "rejected", status="invalid-token")
    story.sent(3, "discarded", behind=2, cause=3)
    closed = story.closed(unread_bytes=17)
    [lane] = found(story).lanes
    assert (lane.opened, lane.refused, lane.closed) == (opened, None, closed)
    assert (lane.accepted, lane.rejected, lane.discarded) == (1, 1, 1)


def test_refused_connections_and_feedback_are_lanes_in_order_of_their_numbers() -> None:
    story = Story()
    story.opened(2, service="feedback")
    refused = story.tell(
        ConnectionRefused, connection=1, service="gateway", peer="p", reason="r", hint="h"
    )
    story.tell(FeedbackSent, connection=2, token="1b", topic=TOPIC, timestamp=9)
    one, two = found(story).lanes
    assert (one.connection, one.refused) == (1, refused)
    assert (two.connection, two.service, two.feedback) == (2, "feedback", 1)


def test_whom_the_proxy_has_led_nowhere_is_a_lane_of_the_proxy() -> None:
    story = Story()
    told = {"reason": "foreign-host", "hint": "h", "host": "example.com"}
    refused = story.tell(ConnectionRefused, connection=1, service="proxy", peer="p", **told)
    [lane] = found(story).lanes
    assert (lane.service, lane.refused) == ("proxy", refused)


def test_a_notification_is_a_mark_with_all_that_is_known_of_it() -> None:
    story = Story()
    story.opened()
    sent = story.sent(
        7,
        "discarded",
        behind=3,
        cause=2,
        expiration=5,
        priority=10,
        warnings=("odd",),
        reason="why",
    )
    drawn = found(story)
    [mark] = drawn.marks
    for name in ("seq", "connection", "ordinal", "command", "identifier", "topic", "expiration"):
        assert getattr(mark, name) == getattr(sent, name)
    assert (mark.priority, mark.outcome, mark.behind, mark.cause) == (10, "discarded", 3, 2)
    assert (mark.warnings, mark.why) == (("odd",), "why")
    content = drawn.contents[mark.content]
    assert content.token == sent.token
    assert content.text == '{"aps":{"badge":7}}'
    [began] = drawn.epochs
    assert began.epoch + mark.t == pytest.approx(WALL + 0.002)


def test_what_came_before_the_clock_was_advanced_keeps_its_time() -> None:
    story = Story()
    story.opened()
    story.sent(1)
    story.ahead = 3600
    story.sent(2)
    story.ahead = 0
    story.sent(3)
    drawn = found(story)
    assert [each.seq for each in drawn.epochs] == [1, 3, 4]
    assert [round(each.epoch - WALL) for each in drawn.epochs] == [0, 3600, 0]


def test_everything_else_is_a_sign_as_the_ledger_has_it() -> None:
    story = Story()
    story.tell(ServerStarted, run="r", version="1", scenario=None, seed=None)
    story.opened()
    signs = [
        story.tell(FaultFired, connection=1, step=1, fault="reject", detail="invalid-token"),
        story.tell(
            Malformed,
            connection=1,
            ordinal=1,
            command=9,
            identifier=None,
            reason="unknown command",
            bytes_hex="09",
            status=None,
            outcome="rejected",
        ),
        story.tell(
            Response,
            connection=1,
            status="unknown",
            code=255,
            identifier=1,
            delayed_ms=5,
            delayed_by="time",
            bytes_hex="08ff00000001",
        ),
    ]
    drawn = found(story)
    assert drawn.signs == signs
    assert drawn.lanes[0].malformed == 1


@pytest.mark.parametrize(
    ("outcome", "status", "kind", "counted"),
    [
        ("discarded", None, "replay", "replays"),
        ("rejected", "processing-error", "replay", "replays"),
        ("accepted", None, "duplicate", "duplicates"),
        ("rejected", "invalid-token", "resent-after-refusal", "resent_after_refusal"),
    ],
)
def test_what_an_earlier_sight_became_says_what_sending_it_again_is(
    outcome: str, status: str | None, kind: str, counted: str
) -> None:
    story = Story()
    first = story.sent(1, outcome, status=status)
    story.sent(1, connection=2, ordinal=9)
    drawn = found(story)
    assert drawn.marks[0].earlier is None
    earlier = drawn.marks[1].earlier
    assert earlier is not None
    assert (earlier.kind, earlier.seq, earlier.connection) == (kind, first.seq, 1)
    assert (earlier.outcome, earlier.status) == (outcome, status)
    assert getattr(drawn.lanes[1], counted) == 1
    # However often it is sent, what was sent is there once.
    assert len(drawn.contents) == 1


def test_of_several_earlier_sights_the_one_that_fared_best_counts() -> None:
    story = Story()
    for outcome in ("discarded", "accepted", "discarded", "accepted"):
        story.sent(1, outcome)
    kinds = [mark.earlier and (mark.earlier.kind, mark.earlier.seq) for mark in found(story).marks]
    assert kinds == [None, ("replay", 1), ("duplicate", 2), ("duplicate", 2)]


def test_same_token_or_same_payload_alone_is_somebody_else() -> None:
    story = Story()
    story.sent(1)
    story.sent(1, token_bytes=numbered(2))
    story.sent(1, payload_bytes=b"{}")
    # Token and payload do not run into each other.
    story.sent(1, token_bytes=numbered(1) + b"{", payload_bytes=b"}")
    assert [mark.earlier for mark in found(story).marks] == [None] * 4


def test_a_last_word_to_nobody_is_not_sent_again() -> None:
    story = Story()
    for connection in (1, 2):
        nobody = {"token_bytes": b"", "payload_bytes": b"", "status": "missing-token"}
        story.sent(1, "rejected", connection, **nobody)
    assert [(mark.earlier, mark.lost) for mark in found(story).marks] == [(None, False)] * 2


def test_lost_is_what_was_never_accepted_and_never_refused_for_its_own_fault() -> None:
    story = Story()
    story.sent(1, "discarded")
    story.sent(2, "discarded")
    story.sent(3, "rejected", status="invalid-token")
    story.sent(4, "rejected", status="processing-error")
    story.sent(5, "discarded")
    story.sent(5, "rejected", status="invalid-token")
    story.sent(2, "accepted")
    assert [mark.ordinal for mark in found(story).marks if mark.lost] == [1, 4]


def test_bytes_that_are_no_text_and_what_is_too_long_come_whole_or_say_what_is_missing() -> None:
    story = Story()
    story.sent(1, payload_bytes=b"\xff\x00")
    story.sent(2, payload_bytes=b"x" * 1_000_000, token_bytes=b"\x1b" * 60_000)
    story.sent(3, payload_bytes=("x" + "ä" * MOST_PAYLOAD).encode())
    odd, long, cut = found(story).contents
    assert odd.text is None
    assert odd.base64 is not None
    assert b64decode(odd.base64) == b"\xff\x00"
    assert (odd.payload_size, odd.token_size) == (None, None)
    assert long.text == "x" * MOST_PAYLOAD
    assert (long.payload_size, long.token_size) == (1_000_000, 60_000)
    assert long.token == "1b" * MOST_TOKEN
    assert cut.text == "x" + "ä" * (MOST_PAYLOAD // 2 - 1)


def test_more_than_can_be_drawn_is_a_fair_part_and_counts_stay_right() -> None:
    story = Story()
    for number in range(1, MOST + 1001):
        story.sent(number, "accepted" if number % 1000 else "rejected", status=None)
    drawn = found(story)
    assert len(drawn.marks) <= MOST
    assert drawn.left_out == MOST + 1000 - len(drawn.marks)
    assert sum(mark.outcome == "rejected" for mark in drawn.marks) == 21
    assert [mark.seq for mark in drawn.marks] == sorted(mark.seq for mark in drawn.marks)
    assert drawn.lanes[0].accepted == MOST + 1000 - 21
    assert len(drawn.contents) == len(drawn.marks)


def test_connections_beyond_what_can_be_drawn_are_counted() -> None:
    story = Story()
    for connection in range(1, MOST_LANES + 4):
        story.opened(connection)
        story.sent(connection, connection=connection)
        story.closed(connection)
    drawn = found(story)
    assert (len(drawn.lanes), drawn.lanes_left_out) == (MOST_LANES, 3)
    assert {mark.connection for mark in drawn.marks} == {lane.connection for lane in drawn.lanes}


def test_nothing_is_a_trace_too() -> None:
    nothing = trace([])
    assert nothing == Trace([], [], [], [], [], [], 0, 0, [], 0)
    assert msgspec.json.decode(msgspec.json.encode(nothing))["lanes"] == []


def test_a_provider_that_replays_well_sends_again_what_was_discarded_and_no_more() -> None:
    apns = played("bad-token-in-a-burst", send_well)
    drawn = trace(apns.ledger)
    assert [lane.accepted for lane in drawn.lanes] == [99, 400]
    assert drawn.lanes[1].replays == len(apns.discarded) > 40
    assert not any(lane.duplicates or lane.resent_after_refusal for lane in drawn.lanes)
    assert not any(mark.lost for mark in drawn.marks)
    assert len(drawn.marks) == len(apns.notifications)


def test_a_provider_that_never_replays_has_lost_what_was_discarded() -> None:
    apns = played("many-bad-tokens", send_and_forget)
    drawn = trace(apns.ledger)
    assert [mark.seq for mark in drawn.marks if mark.lost] == [each.seq for each in apns.discarded]
    assert not any(mark.earlier for mark in drawn.marks)


def test_a_provider_that_replays_everything_is_seen_to() -> None:
    apns = played("many-bad-tokens", send_it_all_again)
    drawn = trace(apns.ledger)
    twice = len(apns.accepted) - len({each.token for each in apns.accepted})
    again = [mark for mark in drawn.marks if mark.earlier and mark.earlier.kind == "duplicate"]
    assert sum(mark.outcome == "accepted" for mark in again) == twice > 0
    assert sum(lane.resent_after_refusal for lane in drawn.lanes) > 0


def test_500_notifications_take_no_more_room_than_they_need() -> None:
    apns = played("bad-token-in-a-burst", send_well)
    assert len(msgspec.json.encode(trace(apns.ledger))) < 200_000
