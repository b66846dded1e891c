"""Report files: found to be writable before anything runs, written whatever comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ...errors import StartError, UsageError
from ...files import check_writable, write_whole
from ..result import CampaignResult

#: Makes a report's bytes.
Render = Callable[[CampaignResult], bytes]


class ReportFiles:
    """The files that are asked for, each with what renders it.

    Raises `StartError` for one that cannot be written, `UsageError` for one asked for twice.
    """

    def __init__(self, wanted: Mapping[Path, Render]) -> None:
        self._wanted = wanted
        for path in wanted:
            check_writable(path)

    @classmethod
    def of(cls, *wanted: tuple[Path | None, Render]) -> ReportFiles:
        """Those whose path is given."""
        files = {path: render for path, render in wanted if path is not None}
        if len(files) < sum(path is not None for path, _ in wanted):
            raise UsageError("two reports cannot go to the same file: name another for one")
        return cls(files)

    def write(self, campaign: CampaignResult) -> None:
        """Write all that can be written. Raises `StartError` for the first that cannot."""
        failures = []
        for path, render in self._wanted.items():
            try:
                write_whole(path, render(campaign))
            except StartError as wrong:
                failures.append(wrong)
        if failures:
            raise failures[0]
