"""The page: a section for each story, with what helps; drawing it is the timeline's affair."""

from __future__ import annotations

import subprocess
import sys
from html import unescape

from fakeapns.chaos import TrialResult
from fakeapns.chaos.reports import as_page

from ..results import ADVICE, EXPLAINED, OWN_ADVICE, campaign, lossy, result, trial
from ..stories import played, provider


def page_of(*results: TrialResult) -> str:
    """The page's source, with its characters as people see them."""
    return unescape(as_page(campaign(*results)).decode())


def test_a_story_that_failed_is_explained() -> None:
    page = page_of(lossy(output="oh\n", notes=("be careful",)), result(name="slow-reader"))
    assert "fakeapns chaos: 1 of 2 passed" in page
    for text in (
        "It goes wrong.",
        "lost 40, expected at most 0",
        EXPLAINED,
        "be careful",
        "The command's output:\noh",
        "$ fakeapns chaos --scenario drop-by-reset --seed 7",
        "slow-reader",
    ):
        assert text in page, text
    assert "$ fakeapns chaos --scenario slow-reader" not in page


def test_the_title_counts_what_was_not_played_too() -> None:
    page = page_of(result(), result("not played", name="other"))
    assert "fakeapns chaos: 1 of 2 passed, 1 not played" in page


def test_causes_of_several_stand_above_all_sections_with_what_to_do() -> None:
    page = page_of(lossy(), lossy(trial=trial("other")))
    cause = (
        "notifications never came, though nothing had kept them (2 not green, 2 for this "
        f"alone: drop-by-reset, other). {ADVICE}"
    )
    assert page.index(cause) < page.index('<details class="section"')
    assert f"the story's advice: {OWN_ADVICE}" in page
    assert cause not in page_of(lossy(), result())


def test_what_a_command_prints_cannot_run() -> None:
    evil = "</script><script>alert(1)</script>"
    told = as_page(campaign(result("exit 3", output=evil, trial=trial(label=evil)))).decode()
    assert evil not in told


async def test_a_real_story_has_its_timeline() -> None:
    made = await played(*provider("loses"), count=120, keep_entries=True)
    page = page_of(made)
    assert "number 120" in page
    assert "number 120" not in page_of(result())


def test_whoever_draws_nothing_does_not_pay_for_the_page() -> None:
    program = "import sys, fakeapns.cli; sys.exit('fakeapns.inspector.timeline' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
