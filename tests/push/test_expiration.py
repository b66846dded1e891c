"""Expirations that were probably meant otherwise."""

from __future__ import annotations

import pytest

from fakeapns.push.envelope import envelope_warnings
from fakeapns.push.expiration import expiration_warning

NOW = 1_764_100_000.0
DAY = 86_400


@pytest.mark.parametrize(
    "expiration",
    [
        None,
        0,
        -1,
        int(NOW),
        int(NOW) - 3,
        int(NOW) + 60,
        int(NOW) + 30 * DAY,
        int(NOW) + 365 * DAY,
        0x7FFF_FFFF,
    ],
)
def test_a_sound_one_is_not_warned_of(expiration: int | None) -> None:
    assert expiration_warning(expiration, NOW) is None


@pytest.mark.parametrize("expiration", [1, 60, 3600, 30 * DAY, 365 * DAY])
def test_seconds_from_now_are_told_from_a_date(expiration: int) -> None:
    said = str(expiration_warning(expiration, NOW))
    assert "in the past" in said
    assert "seconds from now instead of since 1970?" in said


@pytest.mark.parametrize("ago", [10, 3600, DAY, 400 * DAY])
def test_a_date_in_the_past_is_named(ago: int) -> None:
    said = str(expiration_warning(int(NOW) - ago, NOW))
    assert "in the past, so it is never stored" in said
    assert "seconds from now" not in said


@pytest.mark.parametrize("ahead", [367 * DAY, 3650 * DAY, 0xFFFF_FFFE - int(NOW)])
def test_a_date_far_ahead_is_named(ahead: int) -> None:
    said = str(expiration_warning(int(NOW) + ahead, NOW))
    assert "more than a year ahead" in said
    assert "milliseconds" in said


@pytest.mark.parametrize("hour", range(0, 24 * 50, 7))
def test_four_bytes_of_milliseconds_are_guessed_wherever_they_are_not_a_date(hour: int) -> None:
    since = NOW + hour * 3600
    cut = int((since + 3600) * 1000) & 0xFFFF_FFFF
    said = expiration_warning(cut, since)
    if said is None:
        assert cut == 0x7FFF_FFFF or since - 5 <= cut <= since + 366 * DAY
    elif "seconds from now" not in said:
        assert "milliseconds" in said


def test_bytes_in_the_order_of_the_machine_are_guessed() -> None:
    turned = int.from_bytes((int(NOW) + 3600).to_bytes(4, "big"), "little")
    assert "wrong order" in str(expiration_warning(turned, NOW))


@pytest.mark.parametrize(
    ("unit", "a_second"), [("milliseconds", 10**3), ("microseconds", 10**6), ("nanoseconds", 10**9)]
)
@pytest.mark.parametrize("ahead", [-DAY, 0, 30 * DAY])
def test_a_header_in_a_finer_unit_is_told_which(unit: str, a_second: int, ahead: int) -> None:
    said = str(expiration_warning((int(NOW) + ahead) * a_second, NOW, in_digits=True))
    assert said.endswith(f", more than a year ahead: {unit} instead of seconds?")


@pytest.mark.parametrize("expiration", [1 << 32, 253_402_300_799, 253_402_300_800, 10**18 - 1])
def test_a_header_may_have_more_digits_than_a_calendar(expiration: int) -> None:
    said = str(expiration_warning(expiration, NOW, in_digits=True))
    assert said.endswith("more than a year ahead: Apple keeps nothing over 30 days")


@pytest.mark.parametrize("in_digits", [False, True])
@pytest.mark.parametrize("ahead", [0, DAY, 30 * DAY])
def test_a_date_to_which_a_library_has_added_the_time_is_told(ahead: int, in_digits: bool) -> None:
    said = str(expiration_warning(2 * int(NOW) + ahead + 1, NOW, in_digits=in_digits))
    assert said.endswith("more than a year ahead: a date where the library wants seconds from now?")


@pytest.mark.parametrize("years", [2, 5, 10])
def test_of_digits_nobody_says_that_bytes_were_lost_or_turned_round(years: int) -> None:
    said = str(expiration_warning(int(NOW) + years * 366 * DAY, NOW, in_digits=True))
    assert said.endswith("more than a year ahead: Apple keeps nothing over 30 days")
    turned = int.from_bytes((int(NOW) + 3600).to_bytes(4, "big"), "little")
    assert "bytes" not in str(expiration_warning(turned, NOW, in_digits=True))


def test_minus_one_is_read_as_a_date_and_said_to_be() -> None:
    assert "to have it not stored, write 0" in str(expiration_warning(0xFFFF_FFFF, NOW))


def test_without_a_clock_nothing_is_said_of_the_expiration() -> None:
    assert envelope_warnings(bytes(32), 3600, None) == ()
    [token] = envelope_warnings(b"(null)", 3600, None)
    assert "(null)" in token
    assert len(envelope_warnings(b"(null)", 3600, NOW)) == 2
