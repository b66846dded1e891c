"""What becomes of pushes: each is recorded, and answered in one way or another."""

from __future__ import annotations

from ...ledger import Answering, Moment
from ...protocol import REASONS, reason_of
from ...push import Refusal, Verdict
from ...scenario.faults import Delay
from .answers import Answers
from .reasons import FINE, REASON_FOR, Answer, answer, answer_to
from .recorder import ApiRecorder
from .sent import Sent
from .shared import Api
from .terms import Terms

#: Seconds between the moment that a 410 speaks of and a registration that has come since.
_STALE = 3600.0


class Outcomes:
    """Those of one connection. What the rules say of a push stands in its `Verdict`."""

    def __init__(self, api: Api, answers: Answers, recorder: ApiRecorder, terms: Terms) -> None:
        self._api = api
        self._answers = answers
        self._recorder = recorder
        self._terms = terms

    def take(self, sent: Sent, verdict: Verdict, now: Moment) -> None:
        """Answer at once what the rules have it."""
        said = self._by_the_rules(sent, verdict)
        if said is FINE:
            self._record(sent, verdict, said, self._answers.say(sent.asked, said, now), now)
            return
        self._record(sent, verdict, said, self._answers.can_say(sent.asked.stream), now)
        self._answers.say(sent.asked, said, now)

    def take_late(self, sent: Sent, verdict: Verdict, delay: Delay, now: Moment) -> None:
        """Answer that when a delay is over."""
        said = self._by_the_rules(sent, verdict)
        held = self._answers.hold(sent.asked, said, delay, now)
        self._record(sent, verdict, said, held, now)

    def take_silently(self, sent: Sent, verdict: Verdict, now: Moment) -> None:
        """Never answer it."""
        self._answers.unanswered += 1
        self._record(sent, verdict, self._by_the_rules(sent, verdict), False, now)

    def take_in_part(
        self, sent: Sent, verdict: Verdict, said: Answer | None, why: str | None, now: Moment
    ) -> None:
        """Begin what the rules have it, headers alone, or half of the body of another answer."""
        if said is None:
            said = self._by_the_rules(sent, verdict)
            self._answers.begin(sent.asked, said, half=False)
            self._record(sent, verdict, said, False, now)
        else:
            self._answers.begin(sent.asked, said, half=True)
            self._record(sent, verdict, said, False, now, why)

    def take_in_bytes(self, sent: Sent, verdict: Verdict, now: Moment) -> bytes:
        """The bytes of that answer, for whoever is to write them."""
        said = self._by_the_rules(sent, verdict)
        written = self._answers.in_bytes(sent.asked, said)
        self._record(sent, verdict, said, False, now)
        return written

    def refuse(
        self,
        sent: Sent,
        verdict: Verdict,
        said: Answer,
        why: str,
        delay: Delay | None,
        now: Moment,
    ) -> None:
        """Refuse it with this, whatever the rules say."""
        held: Answering | bool
        if delay is not None:
            held = self._answers.hold(sent.asked, said, delay, now)
            self._record(sent, verdict, said, held, now, why)
        else:
            held = self._answers.can_say(sent.asked.stream)
            self._record(sent, verdict, said, held, now, why)
            self._answers.say(sent.asked, said, now)

    def answer_for(self, sent: Sent, status: str | int, now: Moment) -> Answer:
        """What it is answered where a fault asks for a status of either interface: a name, a code
        or HTTP's number. 410 says since when a token is no good.
        """
        reason = reason_of(status)
        if reason is None:
            return Answer(status if isinstance(status, int) and status >= 400 else 500)
        if REASONS[reason] != 410:
            return answer(reason)
        return answer(reason, int(self._gone_at(sent, now) * 1000))

    def discard(self, sent: Sent, behind: int, cause: int, why: str, now: Moment) -> None:
        """Nobody looks at it, since something happened `behind` another request, and why."""
        self._answers.unanswered += 1
        self._recorder.push(
            sent.push,
            sent.signed,
            "discarded",
            now,
            warnings=self._api.judge.warnings(sent.push),
            answer=None,
            answering=False,
            detail=why,
            behind=behind,
            cause=cause,
        )

    def _gone_at(self, sent: Sent, now: Moment) -> float:
        """When a device went that a fault calls gone, in epoch seconds: now, but before its last
        registration, since which it is there.
        """
        found = self._api.judge.devices.find(sent.push.token_bytes)
        device = found.get(sent.push.topic or "")
        if device is None or device.registered is None:
            return now.wall
        return device.registered - _STALE if device.since is None else device.since

    def _by_the_rules(self, sent: Sent, verdict: Verdict) -> Answer:
        refusal, timestamp = verdict.refusal, None
        if refusal is None:
            return FINE
        # Apple's text has a timestamp with 410, whichever of its reasons that has.
        if refusal in (Refusal.UNINSTALLED, Refusal.TOKEN_EXPIRED):
            push = sent.push
            devices = self._api.judge.devices
            gone = devices.noticed(devices.find(push.token_bytes)[push.topic or ""])
            timestamp = None if gone is None else int(gone * 1000)
        return answer_to(refusal, timestamp)

    def _record(
        self,
        sent: Sent,
        verdict: Verdict,
        said: Answer,
        answering: Answering | bool,
        now: Moment,
        why: str | None = None,
    ) -> None:
        """Record a push that is answered so; `why` is of a fault, or else the rules say it."""
        asked_for = why is not None
        violations = (said.reason,) if asked_for else map(REASON_FOR.get, verdict.violations)
        seq = self._recorder.push(
            sent.push,
            sent.signed,
            "accepted" if said is FINE else "rejected",
            now,
            warnings=verdict.warnings,
            answer=said,
            answering=answering,
            violations=tuple(dict.fromkeys(filter(None, violations))),
            detail=why if asked_for else verdict.reason,
        )
        changes = self._api.changes
        if said is not FINE:
            changes.meet_refused(sent.push, verdict, now, self._recorder)
        else:
            changes.meet_accepted(sent.push, now, self._recorder)
            self._api.deliveries.deliver(sent.push, seq, now)
            self._terms.succeeded(now)
