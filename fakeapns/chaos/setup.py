"""What is the same for all trials of a campaign."""

from __future__ import annotations

import shlex

import msgspec

from ..scenario import Sender, parse_duration
from ..text import encodable
from .trials import Trial


class Setup(msgspec.Struct, frozen=True):
    """What is played and how. `timeout` as people write it, `1m30s`; `service` is the one to which
    the command sends, None where that is not known.

    With `keep_entries` results have the whole record of their server.
    """

    command: tuple[str, ...]
    count: int
    timeout: str
    keep_entries: bool = False
    service: Sender | None = None

    @property
    def seconds(self) -> float:
        """The timeout in seconds."""
        return parse_duration(self.timeout)

    def rerun(self, trial: Trial) -> str:
        """The command line that plays just this story, with this seed."""
        words = [
            *("fakeapns", "chaos", "--scenario", trial.given),
            *(() if self.service is None else ("--service", self.service)),
            *("--seed", str(trial.seed)),
            *("--count", str(self.count), "--timeout", self.timeout, "--", *self.command),
        ]
        return encodable(shlex.join(words))
