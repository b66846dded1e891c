"""Chance that can be repeated: pinned values, and what may and may not change them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.push.chance import fraction

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered

USUAL: dict[str, Any] = {
    "seed": 7,
    "position": 1,
    "topic": TOPIC,
    "token": TOKEN,
    "payload": PAYLOAD,
    "identifier": 42,
    "repetition": 0,
}


# A scenario file is a promise about these: whoever changes one breaks seeds that people keep.
@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ({}, 0.0015265198479806896),
        ({"repetition": 1}, 0.33128612658029977),
        ({"position": 0, "identifier": None}, 0.7631398648835666),
        ({"seed": -1, "position": 2, "identifier": 0}, 0.43902973146042834),
        (
            {
                "seed": 0,
                "topic": None,
                "token": b"",
                "payload": b"",
                "identifier": None,
            },
            0.9022577661682314,
        ),
    ],
    ids=["usual", "judged-again", "setting", "negative-seed", "empty"],
)
def test_known_values_stay_what_they_are(changed: dict[str, Any], value: float) -> None:
    assert fraction(**(USUAL | changed)) == value


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 8},
        {"position": 2},
        {"topic": "com.example.other"},
        {"token": numbered(1)},
        {"payload": b"{}"},
        {"identifier": 43},
        {"identifier": None},
        {"repetition": 1},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_everything_that_is_decided_about_plays_a_part(changed: dict[str, Any]) -> None:
    assert fraction(**(USUAL | changed)) != fraction(**USUAL)


def test_where_one_part_ends_and_the_next_begins_plays_a_part_too() -> None:
    moved = {"token": TOKEN + PAYLOAD[:1], "payload": PAYLOAD[1:]}
    assert fraction(**(USUAL | moved)) != fraction(**USUAL)
    assert fraction(**(USUAL | {"seed": 71, "position": 1})) != fraction(
        **(USUAL | {"seed": 7, "position": 11})
    )


def test_numbers_are_spread_evenly() -> None:
    found = [fraction(**(USUAL | {"identifier": number})) for number in range(2000)]
    for low in range(10):
        assert 150 <= sum(low <= each * 10 < low + 1 for each in found) <= 250


@settings(deadline=None)
@given(st.integers(), st.binary(max_size=40), st.binary(max_size=40), st.integers(0, 2**32 - 1))
def test_a_number_is_from_0_to_below_1_and_the_same_again(
    seed: int, token: bytes, payload: bytes, identifier: int
) -> None:
    first, second = (
        fraction(seed, 1, TOPIC, token, payload, identifier, repetition=0) for _ in range(2)
    )
    assert 0 <= first == second < 1
