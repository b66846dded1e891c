"""What becomes of each request of one connection."""

from __future__ import annotations

import re
from binascii import Error, unhexlify
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

import msgspec

from ...ledger import Envelope, Moment
from ...protocol.http2 import Event, Request, shown
from ...push import Chosen, Flaw, Push, Refusal, Verdict, token_text
from ..ending import Ending
from .answers import Answers
from .faults import At
from .manner import Manner
from .reasons import FINE, OF_CREDENTIALS, RANK, REASON_FOR, Answer, answer, answer_to
from .recorder import ApiRecorder, whole_headers
from .sender import Sender, Signed
from .shared import DEVICE, HEADERS, UUID, Api
from .shortcut import Shortcut


class Decisions:
    """Judges the requests of the connection `number`, and lets faults act on them."""

    def __init__(
        self,
        api: Api,
        number: int,
        sender: Sender,
        answers: Answers,
        recorder: ApiRecorder,
        now: Moment,
    ) -> None:
        self._api = api
        self._number = number
        self._sender = sender
        self._answers = answers
        self._recorder = recorder
        self._opened = now.t
        self._shortcut = Shortcut(api, number, sender, answers, recorder)
        #: Whether a request has been signed as it should be.
        self.authenticated = False

    def take_alike(self, events: Sequence[Event], at: int, now: Moment) -> int:
        """Take requests from this one on that are alike, as far as nobody has to decide about them;
        how many.
        """
        return self._shortcut.take(events, at, now)

    def take(self, request: Request, now: Moment) -> None:
        """A complete request has come."""
        self._shortcut.record(now)
        self._recorder.requests += 1
        manner, path = self._api.manner(request.shape), request.path or b""
        if _is_push(manner, path):
            self._push(request, path[len(DEVICE) :], manner, now)
        else:
            self._other(request, path, manner, now)

    def record(self, now: Moment) -> None:
        """Put on record what is not yet: before anything else is, and before an answer leaves."""
        self._shortcut.record(now)

    def discard(self, request: Request, ending: Ending, why: str, now: Moment) -> None:
        """A request has come that nobody looks at, since the connection is ending, and why."""
        self._recorder.requests += 1
        manner, path = self._api.manner(request.shape), request.path or b""
        if not _is_push(manner, path):
            headers, body = request.headers, request.body
            self._recorder.request(headers, now, stream=request.stream, body=body, detail=why)
            return
        signed = self._look(request, manner, now)
        push, text = self._pushed(request, path[len(DEVICE) :], manner, signed)
        self._recorder.push(
            push,
            signed,
            "discarded",
            now,
            warnings=self._api.judge.warnings(push),
            answer=None,
            answering=False,
            token_text=text,
            detail=why,
            ending=ending,
        )

    # ---- a push ---------------------------------------------------------------------------------

    def _look(self, request: Request, manner: Manner, now: Moment) -> Signed:
        """Who has signed a request: nobody looks if there is more around it than SETTINGS allow."""
        size = request.size
        if size <= HEADERS:
            return self._sender.look(manner, now)
        why = f"its headers have {size:,} bytes as HTTP/2 counts, and SETTINGS allow {HEADERS:,}"
        around = Envelope(headers=whole_headers(request.headers))
        return Signed(None, (Flaw(Refusal.TOO_MUCH_AROUND, why),), (), around)

    def _pushed(
        self, request: Request, token: bytes, manner: Manner, signed: Signed
    ) -> tuple[Push, str | None]:
        """A request as a push, and its token as it came where that is no hex."""
        flaws = signed.flaws
        try:
            token_bytes, text = unhexlify(token), None
        except (Error, ValueError):
            token_bytes, text = b"", token.decode("utf-8", "replace")
            flaws += (Flaw(Refusal.TOKEN_MALFORMED, _no_token(token)),)
        flaws += _of_its_id(request.apns_id, repeated=manner.repeats_id)
        push = Push(
            token_bytes=token_bytes,
            payload_bytes=request.body,
            topic=signed.topic,
            connection=self._number,
            ordinal=self._recorder.requests,
            expiration=manner.expiration,
            priority=manner.priority,
            service="api",
            stream=request.stream,
            push_type=manner.push_type,
            apns_id=self._api.id_of(request),
            collapse_id=manner.collapse_id,
            flaws=flaws,
        )
        return push, text

    def _push(self, request: Request, token: bytes, manner: Manner, now: Moment) -> None:
        signed = self._look(request, manner, now)
        push, text = self._pushed(request, token, manner, signed)
        self._answers.notification_came(now)
        self._shortcut.judged += 1
        number, elapsed = self._shortcut.judged, now.t - self._opened
        verdict = self._api.judge.judge(push, self._api.rules, number, elapsed)
        if not self.authenticated and not OF_CREDENTIALS.intersection(verdict.violations):
            self.authenticated = True
        if verdict.refusal is not None:
            self._refuse(push, signed, verdict, text, now)
            return
        if not verdict.decided:
            self._accept(push, signed, verdict, now)
            self._shortcut.allow()
        if verdict.chosen is not None:
            self._act(verdict.chosen, push, signed, verdict, now)

    def _accept(self, push: Push, signed: Signed, verdict: Verdict, now: Moment) -> None:
        assert push.stream is not None
        assert push.apns_id is not None
        said = self._answers.say(push.stream, push.apns_id, FINE, now)
        self._recorder.push(
            push, signed, "accepted", now, warnings=verdict.warnings, answer=FINE, answering=said
        )

    def _refuse(
        self, push: Push, signed: Signed, verdict: Verdict, text: str | None, now: Moment
    ) -> None:
        assert verdict.refusal is not None
        assert push.stream is not None
        assert push.apns_id is not None
        timestamp = None
        if verdict.refusal is Refusal.UNINSTALLED:
            device = self._api.judge.devices.find(push.token_bytes)[push.topic or ""]
            timestamp = None if device.since is None else int(device.since * 1000)
        said = answer_to(verdict.refusal, timestamp)
        self._recorder.push(
            push,
            signed,
            "rejected",
            now,
            warnings=verdict.warnings,
            answer=said,
            answering=self._answers.can_say(push.stream),
            violations=tuple(dict.fromkeys(filter(None, map(REASON_FOR.get, verdict.violations)))),
            token_text=text,
            detail=verdict.reason,
        )
        self._answers.say(push.stream, push.apns_id, said, now)

    def _act(
        self, chosen: Chosen, push: Push, signed: Signed, verdict: Verdict, now: Moment
    ) -> None:
        """Let a fault act on this push."""
        at = At(chosen, push, signed, verdict, self._answers, self._recorder, now)
        self._api.judge.triggers.mishaps.call(chosen.fault.act, at, otherwise=None)
        if verdict.decided and not at.decided:
            # A fault of the user's that failed, or said nothing: the push is there all the same.
            self._accept(push, signed, verdict, now)

    # ---- anything else --------------------------------------------------------------------------

    def _other(self, request: Request, path: bytes, manner: Manner, now: Moment) -> None:
        if path == DEVICE and manner.method == b"POST":
            self._without_token(request, manner, now)
        elif path.startswith(DEVICE):
            why = f"the method is {shown(manner.method)}, and a push is a POST"
            self._turn_away(request, answer("MethodNotAllowed"), why, now)
        else:
            self._turn_away(request, answer("BadPath"), _no_path(path), now)

    def _without_token(self, request: Request, manner: Manner, now: Moment) -> None:
        """Who sends to nobody is told of what comes before that, as with any push."""
        nobody = "the path ends behind /3/device/: put the token there, in hex"
        flaws = (
            *self._look(request, manner, now).flaws,
            *_of_its_id(request.apns_id, repeated=manner.repeats_id),
            Flaw(Refusal.MISSING_TOKEN, nobody),
        )
        first = min(flaws, key=lambda flaw: RANK[flaw.refusal])
        self._turn_away(request, answer_to(first.refusal), first.why, now)

    def _turn_away(self, request: Request, said: Answer, why: str, now: Moment) -> None:
        """Answer what is no push."""
        if self._api.manner(request.shape).method == b"HEAD":
            said = msgspec.structs.replace(said, of_head=True)
        self._recorder.request(
            request.headers,
            now,
            stream=request.stream,
            body=request.body,
            answer=said,
            detail=why,
        )
        self._answers.say(request.stream, self._api.id_of(request), said, now)


def _is_push(manner: Manner, path: bytes) -> bool:
    return manner.method == b"POST" and path.startswith(DEVICE) and len(path) > len(DEVICE)


def _no_token(token: bytes) -> str:
    """Why what stands in a path is no token, and what it is instead."""
    said = token_text(unquote_to_bytes(token))
    if said is not None and said.kind == "hex text":
        return f"the token {shown(token)} is more than hex: leave out what are no digits"
    if said is not None and said.kind != "text":
        return f"the token {shown(token)} is no hex, but {said.kind}: {said.advice}"
    if b"?" in token or b"/" in token:
        return f"behind /3/device/ stands {shown(token)}: a token in hex, and nothing behind it"
    if re.fullmatch(rb"[0-9a-fA-F]+", token):
        return f"the token has {len(token)} hex digits, and a token has an even number of them"
    return f"the token {shown(token)} is no hex: write its bytes as hex digits"


def _of_its_id(apns_id: bytes | None, *, repeated: bool) -> tuple[Flaw, ...]:
    """What is wrong with the id of a request; nothing where it has none."""
    if repeated:
        return (Flaw(Refusal.REPEATED, "the header 'apns-id' comes more than once"),)
    if apns_id is None or UUID.fullmatch(apns_id):
        return ()
    why = f"apns-id is {shown(apns_id)}, and has to be a UUID with hyphens"
    return (Flaw(Refusal.MESSAGE_ID, why),)


def _no_path(path: bytes) -> str:
    """What to do about a path that leads nowhere."""
    if path.rstrip(b"/") in (b"/3/device", b""):
        return f"nothing is at {shown(path)}: send to /3/device/ and the token behind it"
    return f"nothing is at {shown(path)}: pushes go to /3/device/ and the token behind it"
