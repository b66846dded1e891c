"""HTTP/2 by h2, in plain Python: the only file that knows it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from .frames import UNLIMITED, ErrorCode, words
from .limits import Limits
from .rules import broken_rule
from .shapes import Header, Headers
from .splitter import LONGEST, Splitter
from .streams import ConnectionFailed, Streams

#: A client may allow a table of 4 GiB for the headers of answers; libnghttp2 takes that much of it.
_TABLE = 4096


class _Answer:
    """What is said on a stream: h2 itself queues no bodies."""

    def __init__(self) -> None:
        self.begun = False
        self.whole = False
        self.chunks: deque[bytes] = deque()


class H2Engine:
    """An `Engine`.

    Headers are checked here, by the rules that name what is wrong, and cost no more than their
    stream: h2 would end the connection.
    """

    def __init__(self, streams: Streams, limits: Limits) -> None:
        self._streams = streams
        self._limits = limits
        self._splitter = Splitter()
        self._answers: dict[int, _Answer] = {}
        self._out: list[bytes] = []
        config = h2.config.H2Configuration(
            client_side=False,
            header_encoding=None,
            validate_inbound_headers=False,
            normalize_inbound_headers=False,
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
        self._connection = h2.connection.H2Connection(config)

    def start(self, settings: Mapping[int, int]) -> None:
        """Say the server's preface. Of streams any number is taken: the wire counts them."""
        connection = self._connection
        unlimited = {h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: UNLIMITED}
        connection.local_settings = h2.settings.Settings(client=False, initial_values=unlimited)
        connection.decoder.max_header_list_size = self._limits.header_list
        connection.initiate_connection()
        # They hold from the acknowledgement on, so they are said here, behind the frame.
        for key, value in settings.items():
            connection.local_settings[key] = value

    def receive_data(self, data: bytes) -> None:
        """Take bytes of the client's, frame by frame: behind an exception h2 has forgotten what the
        frames before had said, and what it was to send.
        """
        preface, frames = self._splitter.split(data)
        if preface:
            self._receive(preface)
        for frame in frames:
            if self._streams.is_over:
                return
            self._receive(frame)
        if length := self._splitter.overlong:
            # h2 would wait until all of it is there.
            why = f"a frame announces {length:,} bytes, and {LONGEST:,} is the most"
            raise ConnectionFailed(ErrorCode.FRAME_SIZE_ERROR, why)

    def data_to_send(self) -> bytes:
        """All that is to be sent."""
        self._out.append(self._connection.data_to_send() or b"")
        data = b"".join(self._out)
        self._out.clear()
        return data

    @property
    def wants_to_send(self) -> bool:
        """Whether what came is to be answered."""
        return bool(self._out)

    @property
    def held_back(self) -> int:
        """Bytes of bodies for which the client has given no credit."""
        return sum(len(chunk) for answer in self._answers.values() for chunk in answer.chunks)

    def send_headers(self, stream: int, headers: Iterable[Header], *, end: bool) -> bool:
        """Begin an answer."""
        answer = self._answers.get(stream)
        if answer is None or answer.begun:
            return False
        answer.begun = True
        if end:
            del self._answers[stream]
        self._connection.send_headers(stream, list(headers), end_stream=end)
        return True

    def send_data(self, stream: int, data: bytes, *, end: bool) -> bool:
        """Send a piece of an answer's body."""
        answer = self._answers.get(stream)
        if answer is None or not answer.begun or answer.whole:
            return False
        if data or end:
            answer.chunks.append(data)
        answer.whole = end
        self._flush(stream, answer)
        return True

    def reset(self, stream: int, code: int) -> bool:
        """End a stream with RST_STREAM."""
        self._answers.pop(stream, None)
        try:
            self._connection.reset_stream(stream, code)
        except h2.exceptions.ProtocolError:
            return False
        return True

    def update_settings(self, values: Mapping[int, int]) -> None:
        """Send SETTINGS."""
        self._connection.update_settings({**values})

    def ping(self, data: bytes) -> None:
        """Send PING with eight bytes."""
        self._connection.ping(data)

    def _receive(self, data: bytes) -> None:
        try:
            for event in self._connection.receive_data(data):
                self._tell(event)
        except h2.exceptions.ProtocolError as error:
            self._connection.clear_outbound_data_buffer()
            code = getattr(error, "error_code", ErrorCode.PROTOCOL_ERROR)
            raise ConnectionFailed(int(code), _reason(error)) from error
        if out := self._connection.data_to_send():
            self._out.append(out)

    def _tell(self, event: h2.events.Event) -> None:
        streams = self._streams
        match event:
            case h2.events.RequestReceived():
                self._opened(event)
            case h2.events.DataReceived():
                streams.data(event.stream_id, event.data, ended=False)
                if event.flow_controlled_length:
                    self._connection.acknowledge_received_data(
                        event.flow_controlled_length, event.stream_id
                    )
            case h2.events.TrailersReceived():
                self._trailed(event)
            case h2.events.StreamEnded():
                streams.ended(event.stream_id)
            case h2.events.StreamReset():
                self._reset(event)
            case h2.events.WindowUpdated():
                self._flush_all()
            case h2.events.RemoteSettingsChanged():
                self._remote(event)
            case h2.events.SettingsAcknowledged():
                streams.acknowledged()
            case h2.events.PingReceived():
                streams.pinged(event.ping_data)
            case h2.events.PingAckReceived():
                streams.pong(event.ping_data)
            case h2.events.ConnectionTerminated():
                # h2 answers nothing behind it.
                code = int(event.error_code or 0)
                debug = event.additional_data or b""
                streams.goodbye(event.last_stream_id or 0, code, debug)
                streams.over(ErrorCode.NO_ERROR, "the client has said GOAWAY")

    def _opened(self, event: h2.events.RequestReceived) -> None:
        stream = event.stream_id
        headers = tuple((bytes(name), bytes(value)) for name, value in event.headers)
        if why := broken_rule(headers):
            self._refuse(stream, why, headers)
            return
        self._answers[stream] = _Answer()
        # Its end is an event of its own.
        self._streams.opened(stream, headers, ended=False)

    def _trailed(self, event: h2.events.TrailersReceived) -> None:
        fields = [(bytes(name), bytes(value)) for name, value in event.headers]
        if why := broken_rule(fields, trailers=True):
            self._refuse(event.stream_id, why, None)

    def _refuse(self, stream: int, why: str, headers: Headers | None) -> None:
        self._answers.pop(stream, None)
        self._connection.reset_stream(stream, ErrorCode.PROTOCOL_ERROR)
        self._streams.refused(stream, ErrorCode.PROTOCOL_ERROR, why, headers)

    def _reset(self, event: h2.events.StreamReset) -> None:
        stream, code = event.stream_id, int(event.error_code)
        self._answers.pop(stream, None)
        if event.remote_reset:
            self._streams.reset(stream, code)
        else:
            self._streams.refused(stream, code, words(code))

    def _remote(self, event: h2.events.RemoteSettingsChanged) -> None:
        changed = {int(key): each.new_value for key, each in event.changed_settings.items()}
        encoder = self._connection.encoder
        encoder.header_table_size = min(_TABLE, encoder.header_table_size)
        self._streams.settings(changed)
        self._flush_all()

    def _flush_all(self) -> None:
        for stream, answer in list(self._answers.items()):
            self._flush(stream, answer)

    def _flush(self, stream: int, answer: _Answer) -> None:
        """Send what the client has given credit for."""
        connection = self._connection
        while answer.chunks:
            chunk = answer.chunks[0]
            room = min(
                connection.local_flow_control_window(stream), connection.max_outbound_frame_size
            )
            if chunk and room <= 0:
                return
            if len(chunk) > room:
                connection.send_data(stream, chunk[:room])
                answer.chunks[0] = chunk[room:]
                continue
            answer.chunks.popleft()
            end = answer.whole and not answer.chunks
            connection.send_data(stream, chunk, end_stream=end)
        if answer.whole:
            del self._answers[stream]


_ADDRESS = re.compile(r"<[^<>]* at 0x[0-9a-f]+>")


def _reason(error: h2.exceptions.ProtocolError) -> str:
    """What h2 says: of a stream that is not there no more than its number."""
    if isinstance(error, h2.exceptions.NoSuchStreamError):
        return f"a frame came on stream {error.stream_id}, which is not open"
    # Some name an object of h2's by its address, which says nothing to anybody.
    return _ADDRESS.sub("a frame of another kind", str(error))
