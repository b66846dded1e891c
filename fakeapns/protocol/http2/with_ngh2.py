"""HTTP/2 by ngh2, which is libnghttp2: the only file that knows it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping

import ngh2

from .answers import Answers
from .frames import UNLIMITED, ErrorCode, Setting, words
from .limits import Limits
from .shapes import Header, Headers
from .streams import ConnectionFailed, Streams
from .tap import Tap

#: Rates are measured by a clock of the library's; here what is counted is the same in every run.
_ANY_RATE = (1 << 40, 1 << 40)
#: ACKs that wait to be sent, all of which come from one read: they are taken behind each.
_ACKS = 100_000
_PREFIX = "HTTP/2 engine error: "
# Looked up for each event.
_RequestReceived = ngh2.RequestReceived
_DataReceived = ngh2.DataReceived
_StreamClosed = ngh2.StreamClosed


class _Side(ABC):
    """One side of a connection, as far as both have it in common."""

    def __init__(self, role: ngh2.Role, limits: Limits) -> None:
        self._failed = False
        self._out = b""
        config = ngh2.Configuration(
            max_outbound_ack=_ACKS,
            max_inbound_header_list_size=limits.header_list,
            max_inbound_header_count=limits.header_fields,
            max_continuations=limits.continuations,
            stream_reset_rate_limit=_ANY_RATE,
            glitch_rate_limit=_ANY_RATE,
        )
        self._connection = ngh2.Connection(role, config)

    @abstractmethod
    def _tell(self) -> None:
        """Tell what the library has reported since."""

    def data_to_send(self) -> bytes:
        """All that is to be sent, as far as the library has not forgotten it."""
        data = self._out
        self._out = b""
        return data if self._failed else data + self._take()

    @property
    def held_back(self) -> int:
        """Bytes of bodies for which the other side has given no credit."""
        return self._connection.queued_body_size()

    def held_back_on(self, stream: int) -> int:
        """Those of one stream."""
        return self._connection.queued_body_size(stream)

    def reset(self, stream: int, code: int) -> bool:
        """End a stream with RST_STREAM."""
        try:
            self._connection.reset_stream(stream, code)
        except ngh2.NGH2Error:
            return False
        return True

    def ping(self, data: bytes) -> None:
        """Send PING with eight bytes."""
        self._connection.ping(data)

    def _receive(self, piece: bytes) -> None:
        # Behind a fatal exception what had come before is still told; the library has deleted the
        # rest, what it was to send included, and says no GOAWAY.
        try:
            self._connection.receive_data(piece)
        except ngh2.NGH2Error as error:
            self._failed = True
            self._tell()
            raise _failed(error) from error
        self._tell()
        if self._connection.want_write:
            self._out += self._take()

    def _take(self) -> bytes:
        # That a stream or the connection is closed is told behind it, and only there.
        data = self._connection.data_to_send()
        self._tell()
        return data


class Ngh2Engine(_Side):
    """An `Engine`."""

    def __init__(self, streams: Streams, limits: Limits) -> None:
        super().__init__(ngh2.Role.SERVER, limits)
        self._streams = streams
        self._tap = Tap(limits.header_list)
        # Streams that were reset here, and the one that the client reset just now: that both are
        # closed is reported as well.
        self._own: set[int] = set()
        self._theirs = 0
        self._goodbye = False

    def start(self, settings: Mapping[int, int]) -> None:
        """Say the server's preface. Of streams any number is taken: the wire counts them."""
        own = {**settings, Setting.MAX_CONCURRENT_STREAMS: UNLIMITED}
        self._connection.initiate_connection(own)

    def receive_data(self, data: bytes) -> None:
        """Take bytes of the client's."""
        for piece in self._tap.overhear(data) if self._tap.open else (data,):
            self._receive(piece)
            if self._streams.is_over:
                return

    @property
    def wants_to_send(self) -> bool:
        """Whether what came is to be answered."""
        return bool(self._out)

    def send_headers(self, stream: int, headers: Iterable[Header], *, end: bool) -> bool:
        """Begin an answer. One behind a reset, or a second one, is refused by the library."""
        try:
            self._connection.send_response(stream, headers, end_stream=end)
        except ngh2.NGH2Error:
            return False
        return True

    def send_data(self, stream: int, data: bytes, *, end: bool) -> bool:
        """Send a piece of an answer's body."""
        try:
            self._connection.send_data(stream, data, end_stream=end)
        except ngh2.NGH2Error:
            return False
        return True

    def reset(self, stream: int, code: int) -> bool:
        """End a stream with RST_STREAM."""
        done = super().reset(stream, code)
        if done:
            self._own.add(stream)
        return done

    def update_settings(self, values: Mapping[int, int]) -> None:
        """Send SETTINGS."""
        self._connection.update_settings(values)

    def _tell(self) -> None:
        # Ordered by how often they come, and looked up once for all of them.
        streams, opened, data = self._streams, self._streams.opened, self._streams.data
        if streams.is_over:
            return
        for event in self._connection.events():
            if type(event) is _RequestReceived:
                opened(event.stream_id, event.headers, event.end_stream)
            elif type(event) is _DataReceived:
                data(event.stream_id, event.data, event.end_stream)
            elif type(event) is _StreamClosed:
                if event.error_code or self._own or self._theirs:
                    self._closed(event)
            else:
                self._tell_rarely(event)

    def _tell_rarely(self, event: ngh2.Event) -> None:
        streams = self._streams
        match event:
            case ngh2.TrailersReceived():
                # They end a request, and no DATA does.
                streams.ended(event.stream_id)
            case ngh2.StreamReset():
                # Of a stream that was over already nothing more is reported.
                self._theirs = event.stream_id
            case ngh2.SettingsReceived():
                streams.settings(dict(event.settings))
            case ngh2.SettingsAcknowledged():
                streams.acknowledged()
            case ngh2.PingReceived():
                streams.pinged(event.opaque_data)
            case ngh2.PingAcknowledged():
                streams.pong(event.opaque_data)
            case ngh2.GoAwayReceived():
                self._goodbye = True
                streams.goodbye(event.last_stream_id, event.error_code, event.debug_data)
            case ngh2.ConnectionClosed():
                streams.over(event.error_code, self._ending(event))

    def _closed(self, event: ngh2.StreamClosed) -> None:
        stream, code = event.stream_id, event.error_code
        if stream in self._own:
            self._own.discard(stream)
        elif stream == self._theirs:
            self._theirs = 0
            self._streams.reset(stream, code)
        elif code:
            why, headers = self._tap.why(stream)
            self._streams.refused(stream, code, why, headers)

    def _ending(self, event: ngh2.ConnectionClosed) -> str:
        if self._goodbye:
            return "the client has said GOAWAY, and no stream is open any more"
        text = event.debug_data.decode("latin-1")
        return text or words(event.error_code)


class Ngh2ClientEngine(_Side):
    """A `ClientEngine`."""

    def __init__(self, answers: Answers, limits: Limits) -> None:
        super().__init__(ngh2.Role.CLIENT, limits)
        self._answers = answers

    def start(self, settings: Mapping[int, int]) -> None:
        """Say the client's preface."""
        self._connection.initiate_connection(settings)

    def receive_data(self, data: bytes) -> None:
        """Take bytes of the server's."""
        self._receive(data)

    def unsent(self, stream: int) -> bool:
        """Whether the request on this stream is still to be sent, in part."""
        return bool(self.held_back_on(stream))

    def request(self, headers: Headers, body: bytes) -> int:
        """Open a stream with a request."""
        stream = self._connection.send_request(headers, end_stream=not body)
        if body:
            self._connection.send_data(stream, body, end_stream=True)
        return stream

    def _tell(self) -> None:
        answers = self._answers
        if answers.is_over:
            return
        for event in self._connection.events():
            match event:
                case ngh2.ResponseReceived():
                    answers.begun(event.stream_id, event.headers, ended=event.end_stream)
                case ngh2.DataReceived():
                    answers.data(event.stream_id, event.data, ended=event.end_stream)
                case ngh2.TrailersReceived():
                    # They end an answer, and no DATA does.
                    answers.ended(event.stream_id)
                case ngh2.StreamReset():
                    answers.reset(event.stream_id, event.error_code)
                case ngh2.StreamClosed():
                    # Whatever else had ended it was told before.
                    answers.refused(event.stream_id, event.error_code, "")
                case ngh2.SettingsReceived():
                    answers.settings(dict(event.settings))
                case ngh2.SettingsAcknowledged():
                    answers.acknowledged()
                case ngh2.PingReceived():
                    answers.pinged(event.opaque_data)
                case ngh2.PingAcknowledged():
                    answers.pong(event.opaque_data)
                case ngh2.GoAwayReceived():
                    answers.goodbye(event.last_stream_id, event.error_code, event.debug_data)
                case ngh2.ConnectionClosed():
                    text = event.debug_data.decode("latin-1")
                    answers.over(event.error_code, text or words(event.error_code))


def _failed(error: ngh2.NGH2Error) -> ConnectionFailed:
    too_much = isinstance(error, ngh2.DenialOfServiceError)
    code = ErrorCode.ENHANCE_YOUR_CALM if too_much else ErrorCode.PROTOCOL_ERROR
    return ConnectionFailed(code, str(error).removeprefix(_PREFIX))
