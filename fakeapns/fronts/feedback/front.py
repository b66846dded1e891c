"""The feedback service as the loop sees it."""

from __future__ import annotations

from ...ledger import Ledger, Moment
from ...push import Judge
from ...scenario import TLSTerms
from ..front import Front, Provider
from ..strangers import Ports
from .connection import FeedbackConnection


def feedback_front(
    judge: Judge, ledger: Ledger, *, port: int = 0, ports: Ports = lambda _: None
) -> Front:
    """The feedback service of one server on this port: the lists are those of its devices.

    `ports` says where the other services are, for those who have mistaken this one for them.
    """

    def open_connection(number: int, provider: Provider, now: Moment) -> FeedbackConnection:
        return FeedbackConnection(number, provider, judge, ledger, now, ports)

    return Front("feedback", port, TLSTerms.of("feedback", judge.settings), open_connection)
