"""The feedback service as the loop sees it."""

from __future__ import annotations

from ...ledger import Ledger, Moment
from ...push import Judge
from ..front import Front, Provider
from .connection import FeedbackConnection


def feedback_front(judge: Judge, ledger: Ledger) -> Front:
    """The feedback service of one server, whose lists are those of the judge's devices.

    Its port is Apple's, 2196.
    """

    def open_connection(number: int, provider: Provider, now: Moment) -> FeedbackConnection:
        return FeedbackConnection(number, provider, judge, ledger, now)

    settings = judge.settings
    return Front("feedback", 2196, (settings.tls_minimum, settings.tls_maximum), open_connection)
