"""What becomes of each push of one connection, wherever it goes."""

from __future__ import annotations

from ...ledger import Moment
from ...push import Chosen, Verdict
from .faults import At
from .outcomes import Outcomes
from .reasons import OF_CREDENTIALS
from .sent import Sent
from .shortcut import Shortcut
from .silence import Cut
from .standing import Standing, Wedged


class Pushes:
    """Has them judged and answered, and lets faults act on them."""

    def __init__(self, standing: Standing, shortcut: Shortcut) -> None:
        self._standing = standing
        self._shortcut = shortcut
        self._outcomes = Outcomes(standing.api, standing.answers, standing.recorder, standing.terms)
        #: Whether one has been signed as it should be.
        self.authenticated = False

    def take(self, sent: Sent, now: Moment) -> None:
        """Decide about one."""
        standing = self._standing
        standing.answers.notification_came(now)
        if standing.wedged is not None:
            # Not judged, nor counted: how many of those come is up to timing.
            self._refuse(sent, standing.wedged, now)
            return
        standing.judged += 1
        verdict = standing.api.judge.judge(
            sent.push,
            sent.rules,
            standing.judged,
            now.t - standing.opened,
            host=standing.provider.host,
        )
        if not self.authenticated and OF_CREDENTIALS.isdisjoint(verdict.violations):
            self.authenticated = True
        if verdict.chosen is None:
            self._outcomes.take(sent, verdict, now)
            if verdict.refusal is None:
                self._shortcut.allow()
        else:
            self._act(verdict.chosen, sent, verdict, now)

    def _refuse(self, sent: Sent, wedged: Wedged, now: Moment) -> None:
        verdict = Verdict(self._standing.api.judge.warnings(sent.push))
        said = self._outcomes.answer_for(sent, wedged.reason, now)
        self._outcomes.refuse(sent, verdict, said, wedged.chosen.reason, None, now)

    def discard(self, sent: Sent, cut: Cut, now: Moment) -> None:
        """One has come that nobody looks at, and why."""
        self._outcomes.discard(sent, cut.behind, cut.cause, cut.why, now)
        self._standing.life.frame_came(now)

    def act(self, chosen: Chosen, now: Moment) -> None:
        """Let a fault act between two requests."""
        at = At(self._standing, self._outcomes, chosen, now)
        self._standing.api.judge.triggers.mishaps.call(chosen.fault.act, at, otherwise=None)

    def _act(self, chosen: Chosen, sent: Sent, verdict: Verdict, now: Moment) -> None:
        """Let a fault act on this push."""
        at = At(self._standing, self._outcomes, chosen, now, sent, verdict)
        self._standing.api.judge.triggers.mishaps.call(chosen.fault.act, at, otherwise=None)
        if not at.decided:
            # A fault of the user's that failed, or said nothing: the push is there all the same.
            self._outcomes.take(sent, verdict, now)
