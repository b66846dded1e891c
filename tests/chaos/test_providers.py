"""Providers that are wrong are found out, each with its own numbers; one that is right passes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fakeapns.chaos import TrialResult

from .stories import QUIET, played, provider


def numbers(result: TrialResult) -> dict[str, int]:
    """What a table says of a result."""
    return result.findings.numbers()


async def test_a_provider_that_is_right_passes() -> None:
    result = await played(*provider("replays"))
    assert (result.verdict, result.summary, result.output) == ("passed", "", "")
    assert result.ok
    assert numbers(result) == {
        "accepted": 199,
        "lost": 0,
        "duplicated": 0,
        "resent": 0,
        "rescued": 0,
        "connections": 2,
    }
    assert result.faults_fired == {"reject": 1}
    assert result.story() == []


async def test_one_that_never_replays_is_found_out() -> None:
    result = await played(*provider("loses"))
    assert (result.verdict, result.ok) == ("failed", False)
    assert numbers(result) == {
        "accepted": 99,
        "lost": 100,
        "duplicated": 0,
        "resent": 0,
        "rescued": 0,
        "connections": 2,
    }
    assert result.summary == "lost 100, expected at most 0"
    assert (
        "dropped there, and not seen again (step 1 of the scenario, reject, asked for this)"
        in " ".join(result.findings.explanations)
    )


async def test_one_that_sends_all_of_it_again_is_found_out() -> None:
    result = await played(*provider("duplicates"))
    assert (result.verdict, result.ok) == ("failed", False)
    assert numbers(result) == {
        "accepted": 298,
        "lost": 0,
        "duplicated": 99,
        "resent": 0,
        "rescued": 0,
        "connections": 2,
    }
    assert result.summary == "duplicated 99, expected at most 0"
    [text] = result.findings.explanations
    assert text.startswith("numbers 1 to 99 (the first for token ")
    assert "had been accepted on connection 1 and came again on connection 2" in text
    assert "the error there named identifier 100" in text


async def test_one_that_sends_the_refused_one_again_is_found_out() -> None:
    result = await played(*provider("resends"))
    assert (result.verdict, result.ok) == ("failed", False)
    assert numbers(result) == {
        "accepted": 200,
        "lost": 0,
        "duplicated": 0,
        "resent": 1,
        "rescued": 0,
        "connections": 2,
    }
    assert result.summary == "resent_after_refusal 1, expected at most 0"
    [text] = result.findings.explanations
    assert text.startswith("number 100 (token ")
    assert "a fault of its own that no resending can mend" in text


async def test_one_that_does_so_for_ever_is_found_out_as_well(tmp_path: Path) -> None:
    story = tmp_path / "dead.toml"
    token = hashlib.sha256(b"10").hexdigest()
    story.write_text(f'{QUIET}[[step]]\non = {{ token = "{token}" }}\nfault = "reject"\n')
    result = await played(*provider("resends"), story=story, count=20)
    assert (result.verdict, numbers(result)["resent"], numbers(result)["lost"]) == ("failed", 1, 10)
    assert numbers(result)["connections"] == 5
