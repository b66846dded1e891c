"""What `fakeapns send` has to do, whatever service it goes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from ..provider import Client, Report

#: Sends it all: `reports` gets what is known of each batch that was begun, also if this is
#: cancelled, and what is called now and then gets the number that is done. Raises `SendError`.
Go = Callable[[list[Report], Callable[[int], None]], Awaitable[None]]


class AnyBatch(Protocol):
    """What goes out together. `numbers` count over all batches, from 1."""

    @property
    def numbers(self) -> list[int]: ...

    @property
    def client(self) -> Client | None: ...

    def receiver_of(self, position: int) -> str:
        """Whom a notification is for, in words."""
        ...


class Job(msgspec.Struct, frozen=True):
    """The batches, and how they are sent."""

    batches: Sequence[AnyBatch]
    go: Go

    @property
    def intended(self) -> int:
        """How many notifications there are."""
        return sum(len(each.numbers) for each in self.batches)

    @property
    def clients(self) -> list[Client]:
        """Whose certificates are shown."""
        return [each.client for each in self.batches if each.client is not None]


class Progress:
    """Collects the reports of batches, one behind the other."""

    def __init__(self, reports: list[Report], done: Callable[[int], None]) -> None:
        self._reports = reports
        self._done = done

    def __call__(self, report: Report) -> None:
        """Something has happened to this one."""
        if not any(each is report for each in self._reports):
            self._reports.append(report)
        self._done(sum(each.done for each in self._reports))
