"""The first bytes of a connection: HTTP/2, or somebody who wanted something else."""

from __future__ import annotations

import msgspec

from ...ledger import How, Moment
from ...protocol import Spoken, may_be_a_frame, public_target, recognise, undecided
from ...protocol.http2 import PREFACE, Header
from ...text import size_in_words
from ..in_http_1 import refusal
from ..strangers import Ports, binary_words, proxy_words, silence, stranger, to_api
from .reasons import Answer
from .recorder import ApiRecorder
from .silence import Cut

_HERE = "this is Apple's provider API, which speaks HTTP/2 and nothing else: "
_OVER_TLS = (
    "switch HTTP/2 on in the client (curl --http2, httpx http2=True), or offer the protocol h2 in "
    "its TLS (ALPN)"
)
#: No `Upgrade: h2c` is answered: RFC 9113 (3.1) has given that up.
_WITHOUT = (
    "let the client begin with HTTP/2, without asking for it first (curl --http2-prior-knowledge, "
    "httpx http1=False and http2=True)"
)
#: As far as a request line is kept.
_LINE = 2048


class Strange(msgspec.Struct, frozen=True):
    """What is said to somebody who speaks something else: `reply` may be nothing."""

    words: str
    reply: bytes = b""


class Greeting:
    """Waits until the first bytes show what is spoken, inside TLS if it is `secure`."""

    __slots__ = ("_begin", "_ports", "_secure")

    def __init__(self, ports: Ports, *, secure: bool = True) -> None:
        self._begin = b""
        self._ports = ports
        self._secure = secure

    @property
    def unread(self) -> int:
        """Bytes that have come and are not looked at."""
        return len(self._begin)

    def take(self, data: bytes) -> bytes | Spoken | None:
        """More has come. All that came if it is HTTP/2; what is spoken instead if that is clear;
        None as long as neither shows.
        """
        self._begin += data
        begin = self._begin
        if PREFACE.startswith(begin[: len(PREFACE)]):
            return self._passed() if len(begin) >= len(PREFACE) else None
        if undecided(begin):
            return None
        spoken = recognise(begin)
        if spoken is None and may_be_a_frame(begin):
            return None
        if spoken == "http" and b"\r\n" not in begin and len(begin) < _LINE:
            return None
        # What is no preface gets HTTP/2's own answer to that.
        return self._passed() if spoken in (None, "http2") else spoken

    def _passed(self) -> bytes:
        begin, self._begin = self._begin, b""
        return begin

    def left(self, how: How, *, agreed: bool) -> str:
        """The words for who left like this before it showed what it speaks. `agreed` is whether TLS
        has settled on HTTP/2.
        """
        if self._begin:
            size = size_in_words(len(self._begin))
            return f"the client left behind its first {size}, which do not show what it speaks"
        return silence(how, self._ports, secure=self._secure, reads_feedback=not agreed)

    def strange(
        self, spoken: Spoken, recorder: ApiRecorder, now: Moment, cut: Cut | None
    ) -> Strange:
        """Put on record what was spoken instead, and what is said to it, unless it is `cut`."""
        if spoken == "http":
            return self._http(recorder, now, cut)
        words = self._words(spoken)
        recorder.malformed(
            now,
            command=self._begin[0],
            identifier=None,
            reason=words,
            bytes_hex=self._begin[:64].hex(),
            status=None,
            outcome="rejected" if cut is None else "discarded",
        )
        self._begin = b""
        return Strange(words)

    def _words(self, spoken: Spoken) -> str:
        if spoken == "frame":
            return binary_words(self._ports)
        if spoken == "tls" and not self._secure:
            return f"the client starts TLS at the port that has none: {to_api(self._ports)}"
        return stranger(spoken, "api", self._ports) or ""

    def _http(self, recorder: ApiRecorder, now: Moment, cut: Cut | None) -> Strange:
        line = self._begin.partition(b"\r\n")[0][:_LINE]
        method, _, rest = line.partition(b" ")
        target = rest.partition(b" ")[0].decode("utf-8", "surrogateescape")
        path = public_target(target).encode("utf-8", "surrogateescape")
        headers: tuple[Header, ...] = ((b":method", method), (b":path", path))
        said = Answer(505)
        recorder.requests += 1
        use = _HERE + (_OVER_TLS if self._secure else f"{_WITHOUT}, or {to_api(self._ports)}")
        words = f"the client speaks HTTP/1.1; {use}"
        if method == b"CONNECT":
            use = words = proxy_words(self._ports)
        if cut is None:
            recorder.request(headers, now, stream=0, answer=said, detail=words)
            recorder.answered(0, said, now)
        else:
            recorder.request(headers, now, stream=0, detail=cut.why)
        self._begin = b""
        return Strange(words, refusal(505, use, with_body=method != b"HEAD"))
