"""What becomes of each push of one connection, wherever it goes."""

from __future__ import annotations

from ...ledger import Moment
from ...push import Chosen, Refusal, Verdict
from ..ending import Ending
from .answers import Answers
from .faults import At
from .reasons import FINE, OF_CREDENTIALS, REASON_FOR, answer_to
from .recorder import ApiRecorder
from .sent import Sent
from .shared import Api
from .shortcut import Shortcut


class Pushes:
    """Has them judged, says what they are answered, and lets faults act on them."""

    def __init__(
        self, api: Api, shortcut: Shortcut, answers: Answers, recorder: ApiRecorder, now: Moment
    ) -> None:
        self._api = api
        self._shortcut = shortcut
        self._answers = answers
        self._recorder = recorder
        self._opened = now.t
        #: Whether one has been signed as it should be.
        self.authenticated = False

    def take(self, sent: Sent, now: Moment) -> None:
        """Decide about one."""
        self._answers.notification_came(now)
        self._shortcut.judged += 1
        number, elapsed = self._shortcut.judged, now.t - self._opened
        verdict = self._api.judge.judge(sent.push, sent.rules, number, elapsed)
        if not self.authenticated and OF_CREDENTIALS.isdisjoint(verdict.violations):
            self.authenticated = True
        if verdict.refusal is not None:
            self._refuse(sent, verdict, verdict.refusal, now)
            return
        if not verdict.decided:
            self._accept(sent, verdict, now)
            self._shortcut.allow()
        if verdict.chosen is not None:
            self._act(verdict.chosen, sent, verdict, now)

    def discard(self, sent: Sent, ending: Ending, why: str, now: Moment) -> None:
        """One has come that nobody looks at, since the connection is ending, and why."""
        self._recorder.push(
            sent.push,
            sent.signed,
            "discarded",
            now,
            warnings=self._api.judge.warnings(sent.push),
            answer=None,
            answering=False,
            token_text=sent.token_text,
            detail=why,
            ending=ending,
        )

    def _accept(self, sent: Sent, verdict: Verdict, now: Moment) -> None:
        said = self._answers.say(sent.asked, FINE, now)
        self._recorder.push(
            sent.push,
            sent.signed,
            "accepted",
            now,
            warnings=verdict.warnings,
            answer=FINE,
            answering=said,
        )

    def _refuse(self, sent: Sent, verdict: Verdict, refusal: Refusal, now: Moment) -> None:
        push, timestamp = sent.push, None
        if refusal is Refusal.UNINSTALLED:
            device = self._api.judge.devices.find(push.token_bytes)[push.topic or ""]
            timestamp = None if device.since is None else int(device.since * 1000)
        said = answer_to(refusal, timestamp)
        self._recorder.push(
            push,
            sent.signed,
            "rejected",
            now,
            warnings=verdict.warnings,
            answer=said,
            answering=self._answers.can_say(sent.asked.stream),
            violations=tuple(dict.fromkeys(filter(None, map(REASON_FOR.get, verdict.violations)))),
            token_text=sent.token_text,
            detail=verdict.reason,
        )
        self._answers.say(sent.asked, said, now)

    def _act(self, chosen: Chosen, sent: Sent, verdict: Verdict, now: Moment) -> None:
        """Let a fault act on this push."""
        at = At(chosen, sent, verdict, self._answers, self._recorder, now)
        self._api.judge.triggers.mishaps.call(chosen.fault.act, at, otherwise=None)
        if verdict.decided and not at.decided:
            # A fault of the user's that failed, or said nothing: the push is there all the same.
            self._accept(sent, verdict, now)
