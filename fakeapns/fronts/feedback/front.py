"""The feedback service as the loop sees it."""

from __future__ import annotations

from ...ledger import Ledger, Moment
from ...push import Judge
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

    settings = judge.settings
    return Front("feedback", port, (settings.tls_minimum, settings.tls_maximum), open_connection)
