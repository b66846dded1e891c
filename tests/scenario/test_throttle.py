"""`throttle` to nothing at all, which would be a stall without an end."""

from __future__ import annotations

import pytest

from fakeapns.errors import ScenarioError
from fakeapns.scenario.faults import Throttle
from fakeapns.scenario.toml import parse_scenario

NOTHING = "nothing at all is a stall: use that fault"


@pytest.mark.parametrize("size", ["0B", "0KiB", "000MiB"])
def test_no_bytes_a_second_are_refused_however_they_are_written(size: str) -> None:
    with pytest.raises(ScenarioError, match=f"^{NOTHING}, bytes_per_second$"):
        Throttle(size)


def test_no_bytes_as_a_number_are_refused_too() -> None:
    with pytest.raises(ScenarioError, match=r"^0 is wrong, bytes_per_second; allowed: a number"):
        Throttle(0)


def test_a_file_says_where_it_asks_for_nothing() -> None:
    text = "about = 'Slow.'\n[[step]]\nfault = 'throttle'\nbytes_per_second = '0B'\n"
    with pytest.raises(ScenarioError, match=rf"^slow\.toml:4:1: {NOTHING}, step 1"):
        parse_scenario(text, "slow.toml")


@pytest.mark.parametrize("rate", [1, "1B", "1KiB"])
def test_one_byte_a_second_is_slow_and_allowed(rate: int | str) -> None:
    assert Throttle(rate).bytes_per_second == rate
