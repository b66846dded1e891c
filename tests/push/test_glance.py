"""A quick look at payloads never takes for fine what a thorough one has something to say of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.push.content import content_warnings
from fakeapns.push.documented import ALERT, APS
from fakeapns.push.glance import all_look_fine, looks_fine

FINE = b'{"aps":{"alert":"Hi"}}'

values: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        -1,
        0,
        1,
        2.5,
        "",
        "Hi",
        "ü🍵",
        [],
        ["a", 1],
        {},
        {"title": "Tea"},
        {"a": []},
    ]
)
keys = st.sampled_from([*APS, *ALERT, "tilte", "own"])
objects = st.dictionaries(keys, values, max_size=4)
#: Nothing wrong, or one thing.
nearly_right = st.fixed_dictionaries(
    {},
    optional={
        "alert": st.sampled_from(["Hi", {"title": "Tea", "loc-args": []}, {"body": 3}]),
        "badge": st.sampled_from([0, 3, -1]),
        "sound": st.just("default"),
        "content-available": st.sampled_from([1, 0]),
        "own": values,
    },
)
payloads = st.one_of(
    nearly_right.map(lambda aps: {"aps": aps, "own": {"alert": 1}}),
    st.dictionaries(st.sampled_from(["aps", "alert", "own"]), values | objects, max_size=3),
    st.dictionaries(keys, values | objects, max_size=5).map(lambda aps: {"aps": aps}),
).map(lambda content: json.dumps(content).encode())
priorities = st.sampled_from([None, 5, 10])


@given(payloads, priorities)
def test_what_looks_fine_is_fine(payload: bytes, priority: int | None) -> None:
    if looks_fine(payload, priority):
        assert content_warnings(payload, priority) == ()


@given(st.lists(st.tuples(payloads | st.binary(max_size=9), priorities), min_size=1, max_size=4))
def test_many_look_fine_if_each_does(given: list[tuple[bytes, int | None]]) -> None:
    bodies, urgent = zip(*given, strict=True)
    assert all_look_fine(bodies, urgent) == all(map(looks_fine, bodies, urgent))


@pytest.mark.parametrize(
    "payload",
    [
        FINE,
        b'{"aps":{"alert":{"title":"Tea","loc-args":[1,"2"],"action-loc-key":null},"badge":0}}',
        b'{"aps":{"content-available":1},"own":{"a":[1e9,null,{"b":true}]}}',
        b'\n{ "aps" :\r\n\t{ "sound" : { "critical" : 1 } } }\n',
        '{"aps":{"alert":"Grüße 🍵"},"über":"ö"}'.encode(),
        json.dumps({"aps": {"alert": "Grüße 🍵"}}).encode(),
        b'{"\\u0061ps":{"\\u0061lert":"Hi"}}',
    ],
)
def test_ordinary_payloads_look_fine(payload: bytes) -> None:
    assert looks_fine(payload, 5)
    assert all_look_fine([payload] * 3, [5] * 3)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"[]",
        b'{"aps":{}}',
        b'{"aps":{"badge":true}}',
        b'{"aps":{"badge":-1}}',
        b'{"aps":{"alert":null}}',
        b'{"aps":{"alert":{"tilte":"Tea"}}}',
        b'{"aps":{"alert":"Hi","content-available":0}}',
        b'{"aps":{"alert":"Hi"},"own":"\xff"}',
        b'{"aps":{"alert":"Hi"},"own":"\\ud83d"}',
        b'{"aps":{"alert":"Hi"}}{"aps":{"alert":"Hi"}}',
        b'{"aps":{"alert":"Hi"}} x',
    ],
)
def test_what_a_thorough_look_has_something_to_say_of_does_not_look_fine(payload: bytes) -> None:
    assert not looks_fine(payload, 10)
    for place in range(3):
        several = [FINE, FINE]
        several.insert(place, payload)
        assert not all_look_fine(several, [10] * 3)


@pytest.mark.parametrize(("priority", "fine"), [(5, True), (10, False), (None, False)])
def test_whether_a_silent_one_looks_fine_is_up_to_its_priority(
    priority: int | None, fine: bool
) -> None:
    payload = b'{"aps":{"content-available":1}}'
    assert looks_fine(payload, priority) is fine
    assert all_look_fine([FINE, payload], [10, priority]) is fine


@pytest.mark.parametrize(
    "pieces",
    [
        (b'{"aps":{"alert":"Hi"},"own":[1', b"2]}", FINE + FINE),
        (b'{"aps":{"alert":"Hi"},"own":[{}', b"{}]}", FINE + FINE),
        (b'{"aps":{"alert":"Hi"}', b"}", FINE + b" " + FINE),
        (b'{"aps":{"alert":"Hi', b'{"}}', FINE + b"\n" + FINE),
    ],
)
def test_halves_of_payloads_are_not_taken_for_whole_ones(pieces: tuple[bytes, ...]) -> None:
    assert not all_look_fine(pieces, [5] * len(pieces))
