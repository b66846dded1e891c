"""What faults do to devices, and when a sender has met it."""

from __future__ import annotations

from ..errors import UsageError
from ..ledger import NO_EFFECT, Ledger, Moment, record_landings
from ..push import Chosen, Installation, Judge, Push, Refusal, Verdict, change_device
from ..scenario import OF_PHONES, Change
from .recorder import Recorder


class DeviceChanges:
    """Those of one server. Where no fault is about devices they cost nothing."""

    __slots__ = ("_devices", "_ledger", "_triggers", "_unmet")

    def __init__(self, judge: Judge, ledger: Ledger) -> None:
        self._devices = judge.devices
        self._triggers = judge.triggers
        self._unmet = judge.unmet
        self._ledger = ledger

    def act(
        self,
        change: Change,
        token: bytes | None,
        push: Push,
        chosen: Chosen,
        now: Moment,
        recorder: Recorder,
    ) -> None:
        """Let something happen, behind this push, to the device that has, or had, this token; to
        that of the push without one.
        """
        try:
            app = self._app(push.token_bytes if token is None else token, push.topic)
            landings = change_device(self._devices, app, change)
        except UsageError as why:
            # Nobody could notice, so it has not fired; but whoever wrote the step should know.
            self._triggers.take_back(chosen, push.connection)
            if self._unmet.is_news(chosen):
                recorder.fault(chosen, f"{NO_EFFECT}{why}", now)
            return
        detail = f"{change}, device {app.number}"
        if landings:
            # What had waited for it comes: it can be seen at once, and this is why.
            recorder.fault(chosen, detail, now)
            record_landings(self._ledger, landings, now)
            return
        concerned = app.phone.numbers if change in OF_PHONES else (app.number,)
        self._unmet.add(chosen, detail, concerned)

    def _app(self, token: bytes, topic: str | None) -> Installation:
        """Of several apps with one token that of the topic, or the first."""
        known = self._devices.find(token)
        registration = known.get(topic or "") or next(iter(known.values()), None)
        if registration is None:
            raise UsageError("no device has this token")
        return self._devices.installation(registration)

    def meet(self, token: bytes, topic: str | None, now: Moment, recorder: Recorder) -> None:
        """Something was sent to this device, and is on record: the difference can be seen."""
        registration = self._devices.find(token).get(topic or "") if self._unmet else None
        if registration is not None:
            self._met(registration.number, now, recorder)

    def meet_accepted(self, push: Push, now: Moment, recorder: Recorder) -> None:
        """The same of what was accepted: a broadcast meets all devices that follow its channel."""
        if push.channel is None:
            self.meet(push.token_bytes, push.topic, now, recorder)
        elif self._unmet:
            followers = self._devices.subscriptions.followers(push.topic or "", push.channel)
            for each in followers:
                self._met(each.number, now, recorder)

    def _met(self, number: int, now: Moment, recorder: Recorder) -> None:
        for each in self._unmet.meet(number):
            recorder.fault(each.chosen, each.detail, now)

    def meet_refused(self, push: Push, verdict: Verdict, now: Moment, recorder: Recorder) -> None:
        """The same of what is refused: it got as far as to its device if that has lost its app."""
        if verdict.refusal is Refusal.UNINSTALLED:
            self.meet(push.token_bytes, push.topic, now, recorder)
