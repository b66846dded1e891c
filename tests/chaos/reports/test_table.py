"""The report for people: a table whose columns stand, what helps, and nothing a terminal obeys."""

from __future__ import annotations

from fakeapns.chaos.findings import Findings
from fakeapns.chaos.reports import as_text
from fakeapns.chaos.reports.table import table
from fakeapns.ledger.audit import audit
from fakeapns.scenario.scenario import Expect

from ..results import ADVICE, EXPLAINED, OWN_ADVICE, campaign, lossy, result, trial

BAD = "lossy\x1b[2J"


def test_a_table_has_a_line_for_each_story() -> None:
    long = result(name="a-name-that-is-quite-long", seconds=12.04)
    assert table([long, lossy()]).splitlines() == [
        "scenario                   accepted  lost  duplicated  resent  rescued  connections  "
        "verdict  seconds",
        "a-name-that-is-quite-long       200     0           0       0        0            1  "
        "passed      12.0",
        "drop-by-reset                   160    40           0       0        0            1  "
        "failed       1.2",
    ]


def test_paint_does_not_move_columns() -> None:
    painted = table([result("exit 3"), result()], lambda text, ok: f"<{'+' if ok else '-'}{text}>")
    first, second = painted.splitlines()[1:]
    assert "<-exit 3 >" in first
    assert "<+passed >" in second
    assert first.index("<-") == second.index("<+")


def test_all_green_is_a_table_and_a_sum() -> None:
    told = as_text(campaign(result(), result(name="other")))
    assert told.split("\n\n")[1:] == ["2 of 2 passed"]


def test_what_is_not_green_is_explained_with_the_line_that_does_it_again() -> None:
    failed = lossy(
        output="".join(f"line {letter}\n" for letter in "abcdefghij"),
        refused=("1 connection refused: trust our CA",),
        notes=("be careful",),
    )
    told = as_text(campaign(result(name="other"), failed))
    assert told.split("\n\n")[1].splitlines() == [
        "drop-by-reset: failed",
        "  (It goes wrong.)",
        "  lost 40, expected at most 0",
        f"  {EXPLAINED}",
        "  1 connection refused: trust our CA",
        "  be careful",
        f"  what to do: {ADVICE}",
        f"  the story's advice: {OWN_ADVICE}",
        "  the command's output (the last 8 of 10 lines):",
        *(f"  | line {letter}" for letter in "cdefghij"),
        "  again: fakeapns chaos --scenario drop-by-reset --seed 7 --count 200 --timeout 60s "
        "-- ./sender --fast",
    ]
    assert told.splitlines()[-1] == "1 of 2 passed"


def test_one_cause_of_many_reds_is_told_once_with_one_example() -> None:
    reds = [lossy(trial=trial(name)) for name in ("one", "two", "three")]
    told = as_text(campaign(result(), *reds)).split("\n\n")
    first, left, last = told[1:]
    assert first.splitlines() == [
        "notifications never came, though nothing had kept them",
        "  3 stories, all for this alone: one, two, three",
        f"  what to do: {ADVICE}",
        "  for example one: failed",
        "    (It goes wrong.)",
        "    lost 40, expected at most 0",
        f"    {EXPLAINED}",
        f"    the story's advice: {OWN_ADVICE}",
        "    again: fakeapns chaos --scenario drop-by-reset --seed 7 --count 200 --timeout 60s "
        "-- ./sender --fast",
    ]
    assert left.startswith("not shown: the details of 2 more that are not green; --html FILE")
    assert last == "1 of 4 passed"


def test_several_causes_come_in_order_of_what_they_are_worth_and_each_story_has_its_own() -> None:
    told = as_text(
        campaign(
            result("timeout", name="slow"), lossy(trial=trial("one")), lossy(trial=trial("two"))
        )
    )
    first, second, left, _ = told.split("\n\n")[1:]
    assert first.startswith("cause 1 of 2: notifications never came")
    assert second.splitlines()[:2] == [
        "cause 2 of 2: the command had to be stopped",
        "  1 story, for this alone: slow",
    ]
    assert "  for example slow: timeout" in second
    assert left.startswith("not shown: the details of 1 more")


def test_a_row_with_an_allowance_shows_it() -> None:
    found = Findings(
        reached=3,
        audit=audit(
            [],
            [(b"1" * 32, b"{}")],
            expect=Expect(lost=1, duplicated=100, resent_unanswered=5),
        ),
    )
    [_, row] = table([result(findings=found)]).splitlines()
    assert row.split("  ")[0] == "drop-by-reset"
    assert "  1 of 1    0 of 100       0   0 of 5            0  passed" in row


def test_short_output_is_shown_whole() -> None:
    told = as_text(campaign(result("exit 3", output="oh\n\tno\n\n")))
    assert "  the command's output:\n  | oh\n  |         no\n  again: " in told


def test_notes_on_what_is_green_are_told_too() -> None:
    told = as_text(campaign(result(notes=("no fault fired",))))
    assert told.split("\n\n")[1:] == ["drop-by-reset: no fault fired", "1 of 1 passed"]


def test_what_was_not_played_counts() -> None:
    assert as_text(campaign(result(), planned=34)).endswith("\n1 of 34 passed")


def test_nothing_is_told_that_a_terminal_obeys() -> None:
    told = as_text(
        campaign(
            result("exit 3", trial=trial(label=BAD), summary=BAD, output=BAD, rerun=BAD),
            result(trial=trial(label=BAD), notes=(BAD,)),
        )
    )
    assert "\x1b" not in told
    assert told.count("\\x1b[2J") == 8
