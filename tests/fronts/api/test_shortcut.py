"""The short way changes nothing but the time it takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.fronts.api.taken import ROOM, TakenBundle
from fakeapns.ledger import ApiNotification, Bundle, encode_line, sort_of
from fakeapns.scenario.faults import Reject
from fakeapns.scenario.steps import On, Step

from ...frames import TOPIC
from ...moments import WALL
from .dialogue import HELLO, NOBODY, TOKEN, Dialogue, signed

OTHER, GONE, FOREIGN = "1b" * 32, "2c" * 32, "3d" * 32
APNS_ID = "0f0f0f0f-0000-4000-8000-00000000000a"
DEVICES = [TOKEN, TOKEN, TOKEN, OTHER, GONE, FOREIGN, "ab" * 16, "zz" * 32, "AB" * 32, "31" * 32]
BODIES = [HELLO, HELLO, b"", b"no json", b'{"aps":{"badge":"1"}}', b"x" * 4097]
SIGNED = [signed(issued=-60), signed(issued=-60), signed(issued=-3500), "a.b.c", None]

ABOUT_CHANNELS = [f"/4/broadcasts/apps/{TOPIC}", f"/1/apps/{TOPIC}/channels"]

Move = dict[str, Any]
#: Most are alike, or there is no short way; one in four is odd in any way.
PLAIN = st.fixed_dictionaries(
    {
        "device": st.sampled_from(DEVICES),
        "body": st.sampled_from([HELLO, HELLO, HELLO, *BODIES]),
        "apns_id": st.sampled_from([None, None, None, APNS_ID, "7"]),
        "together": st.booleans(),
    }
)
ODD = st.fixed_dictionaries(
    {
        "device": st.sampled_from(DEVICES),
        "signed": st.sampled_from(SIGNED),
        "apns_expiration": st.sampled_from([None, "0", "1", "300"]),
        "apns_push_type": st.sampled_from(["alert", "voip", "liveactivity", None, "alrt"]),
        "path": st.sampled_from([None, None, "/3/nowhere", *ABOUT_CHANNELS]),
        "apns_channel_id": st.sampled_from([None, "b3Vycw==", "dHN0"]),
        "wait": st.sampled_from([0, 200, 2000]),
    }
)
moves = st.lists(st.one_of(PLAIN, PLAIN, PLAIN, ODD), min_size=3, max_size=16)
STEPS = {
    "none": (),
    "one": (Step(Reject("Shutdown"), On(notification=3)),),
    "every": (Step(Reject("Shutdown", delay="1s"), On(every=2), times=2),),
    "token": (Step(Reject("BadDeviceToken"), On(token="1b*")),),
    "chance": (Step(Reject("InternalServerError"), On(chance=0.5)),),
}


def run(
    moves: list[Move], steps: tuple[Step, ...], *, bundles: bool, certificate: bool, **given: Any
) -> list[bytes]:
    """The lines of a ledger behind these moves."""
    who: dict[str, Any] = {} if certificate else {"provider": NOBODY}
    talk = Dialogue(*steps, seed=7, bundles=bundles, **who, **given)
    talk.devices.add(TOPIC, OTHER)
    talk.devices.add(TOPIC, GONE, "uninstalled", since="2h")
    talk.devices.add("com.example.other", FOREIGN)
    talk.api.judge.channels.add(TOPIC, id="b3Vycw==")
    for move in moves:
        how = {"body": HELLO, "signed": SIGNED[0], "wait": 0, "together": False, **move}
        wait, together = how.pop("wait"), how.pop("together")
        talk.wait(wait)
        talk.begin(how.pop("device"), how.pop("body"), **how)
        if not together or not certificate:
            talk.flow()
    talk.flow()
    talk.leave()
    # However they are kept, what a file of them gets is the same.
    for bundle in talk.ledger.bundles(TakenBundle):
        assert bundle.lines(bundle.seq) == b"".join(map(encode_line, bundle))
    return [encode_line(entry) for entry in talk.ledger]


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("certificate", [True, False])
@settings(max_examples=60, deadline=None)
@given(moves=moves, registered=st.booleans())
def test_a_ledger_is_the_same_whichever_way_it_went(
    name: str, certificate: bool, moves: list[Move], registered: bool
) -> None:
    given: dict[str, Any] = {"tokens": "registered" if registered else "any"}
    short, long = (
        run(moves, STEPS[name], bundles=bundles, certificate=certificate, **given)
        for bundles in (True, False)
    )
    assert short == long


def many(count: int) -> tuple[Dialogue, list[Bundle]]:
    """A connection on which so many pushes were accepted, and the bundles that they went into."""
    talk = Dialogue()
    told: dict[int, Bundle] = {}
    talk.ledger.follow(lambda bundle, seq: told.update({id(bundle): bundle}))
    for number in range(count):
        talk.begin(f"{number:064x}")
        if number % 500 == 0:
            talk.flow()
    talk.flow()
    return talk, list(told.values())


def test_rows_are_kept_in_bundles_that_say_what_entries_say() -> None:
    talk, bundles = many(ROOM + 500)
    taken = [each for each in bundles if isinstance(each, TakenBundle)]
    assert len(taken) == 2
    assert len(taken[0]) >= ROOM
    tokens = [f"{number:064x}" for number in range(ROOM + 500)]
    assert [each.token for each in talk.pushes] == tokens
    [found] = talk.ledger.notifications(token=tokens[1234])
    assert (found.stream, found.ordinal) == (2469, 1235)
    assert not talk.ledger.notifications(topic="com.example.other")
    assert not talk.ledger.notifications("rejected")


def test_lines_are_what_each_entry_says_whatever_its_headers_are() -> None:
    talk = Dialogue()
    talk.push()
    for number in range(12):
        odd: dict[str, Any] = {
            "apns_collapse_id": f'100 %d {number // 3} "é"',
            "user_agent": "a%b/1",
        }
        talk.begin(
            body=b'{"aps":\r\n{"alert":"50 %"}}', apns_priority=str(5 * (number % 2) + 5), **odd
        )
    talk.flow()
    [bundle] = talk.ledger.bundles(TakenBundle)
    assert len(bundle) == 12
    lines = bundle.lines(bundle.seq).splitlines(keepends=True)
    assert lines == list(map(encode_line, bundle))
    assert bundle.lines(bundle.seq + 9) == b"".join(lines[9:])


@pytest.mark.parametrize("differs", ["apns_collapse_id", "apns_expiration", "user_agent"])
def test_pushes_whose_headers_differ_each_time_are_taken_in_a_row_too(differs: str) -> None:
    talk = Dialogue()
    talk.push()
    for number in range(30):
        odd: dict[str, Any] = {differs: str(int(WALL) + 60 + number)}
        talk.begin(**odd)
    talk.flow()
    [bundle] = talk.ledger.bundles(TakenBundle)
    assert len(bundle) == 30
    assert list(bundle.without(7)) == list(bundle)[7:]
    [row] = bundle.alike(bundle.seq)
    assert len(row.indices) == 30


def test_two_kinds_by_turns_are_taken_in_a_row_too() -> None:
    talk = Dialogue()
    talk.push()
    for number in range(30):
        talk.begin(apns_priority="10" if number % 2 else "5")
    talk.flow()
    [bundle] = talk.ledger.bundles(TakenBundle)
    assert [entry.priority for entry in bundle if isinstance(entry, ApiNotification)] == [
        5,
        10,
    ] * 15


def test_a_size_of_tokens_that_is_refused_is_refused_behind_others_too() -> None:
    talk = Dialogue(token_sizes="40..50")
    assert talk.push("ab" * 45).status == 200
    assert talk.push("ab" * 32).reason == "BadDeviceToken"


def test_without_its_head_a_bundle_is_the_rest() -> None:
    _, bundles = many(60)
    bundle = bundles[-1]
    for count in (0, 1, 30, len(bundle) - 1):
        assert list(bundle.without(count)) == list(bundle)[count:]


def test_those_of_one_sort_are_told_together_and_odd_ones_alone() -> None:
    talk = Dialogue()
    for number in range(9):
        odd = number == 7
        talk.begin(body=b'{"aps":{"badge":"1"}}' if odd else HELLO)
        talk.flow()
    bundle = _last_bundle(talk)
    found = list(bundle.alike(bundle.seq))
    assert [sort_of(entry) for entry in bundle] == [
        each.sort for each in found for _ in each.indices
    ]
    [glanced] = bundle.alike(bundle.seq, look=False)
    assert (len(glanced.indices), glanced.effort) == (len(bundle), 0)


def _last_bundle(talk: Dialogue) -> Bundle:
    told: list[Bundle] = []
    talk.ledger.follow(lambda bundle, seq: told.append(bundle))
    talk.begin()
    talk.flow()
    return told[-1]
