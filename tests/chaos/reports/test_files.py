"""Report files: found wanting before anything runs, and written as far as that goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeapns import StartError, UsageError
from fakeapns.chaos import CampaignResult
from fakeapns.chaos.reports import ReportFiles

from ..results import campaign, result


def render(whole: CampaignResult) -> bytes:
    """A short report."""
    return b"%d passed" % whole.passed


def test_what_is_not_asked_for_is_not_written(tmp_path: Path) -> None:
    ReportFiles.of((None, render), (tmp_path / "a", render)).write(campaign(result()))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"1 passed")]


@pytest.mark.parametrize("name", ["", "missing/report.xml", "x" * 300, "a\0b"], ids=repr)
def test_a_file_that_cannot_be_written_is_found_out_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(StartError, match=r"(?s)cannot write the report .*; choose another file"):
        ReportFiles.of((tmp_path / name, render))


def test_an_earlier_report_stays_until_there_is_another(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("a much longer report of yesterday")
    reports = ReportFiles.of((path, render))
    assert path.read_text() == "a much longer report of yesterday"
    reports.write(campaign())
    assert path.read_text() == "0 passed"


def test_two_reports_cannot_share_a_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two reports cannot go to the same file"):
        ReportFiles.of((tmp_path / "a", render), (tmp_path / "a", render))


def test_one_that_cannot_be_written_in_the_end_does_not_cost_the_others(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    reports = ReportFiles.of((gone / "a", render), (tmp_path / "b", render))
    gone.rmdir()
    with pytest.raises(StartError, match=r"cannot write the report .*gone/a: No such file"):
        reports.write(campaign(result()))
    assert (tmp_path / "b").read_bytes() == b"1 passed"
