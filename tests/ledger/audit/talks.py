"""A client of the provider API that may open several connections, and what an audit makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fakeapns import Expect, Step
from fakeapns.fronts.front import Provider
from fakeapns.ledger import ConnectionOpened
from fakeapns.ledger.audit import Audit, audit

from ...frames import TOPIC
from ...fronts.api.dialogue import CERTIFICATE, Dialogue
from ...moments import at

FOUR = range(1, 5)


def item(number: int) -> tuple[str, str]:
    """A push of which there is one."""
    return f"{number:064x}", f'{{"aps":{{"badge":{number}}}}}'


class Talk(Dialogue):
    """A client with connections that are told apart."""

    def __init__(self, *steps: Step, **more: Any) -> None:
        self.number = 0
        super().__init__(*steps, **more)

    def open(self, provider: Provider, **more: Any) -> None:
        """The next connection."""
        self.number += 1
        facts: dict[str, Any] = {"peer": "memory", "tls": None, "topic": TOPIC, "certificate": None}
        now = at(self.now)
        self.ledger.record(ConnectionOpened, now, connection=self.number, service="api", **facts)
        super().open(provider, **more | {"number": self.number})

    def send(self, numbers: Iterable[int] = FOUR, **how: Any) -> None:
        """These, in one write."""
        for number in numbers:
            token, body = item(number)
            self.begin(token, body.encode(), **how)
        self.flow()

    def send_anew(self, numbers: Iterable[int]) -> None:
        """These, on another connection."""
        self.open(CERTIFICATE)
        self.send(numbers)

    def judged(self, numbers: Iterable[int] = FOUR, **expect: Any) -> Audit:
        """What the record proves of these."""
        return audit(list(self.ledger), [item(each) for each in numbers], expect=Expect(**expect))


def told(found: Audit, kind: str) -> tuple[tuple[str, ...], str]:
    """The reasons and the only sentence of a finding."""
    [finding] = [each for each in found.findings if each.kind == kind]
    [text] = finding.explanations
    assert all(finding.advice)
    return finding.reasons, text


def numbers_of(found: Audit, name: str) -> list[int | None]:
    """Which are in a list of findings."""
    return [each.number for each in getattr(found, name)]
