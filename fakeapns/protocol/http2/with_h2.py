"""HTTP/2 by h2, in plain Python: the only file that knows it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from .answers import Answers
from .bodies import Bodies
from .frames import UNLIMITED, ErrorCode, Kind, frames_of, words
from .limits import Limits
from .rules import broken_answer, broken_rule
from .shapes import Header, Headers
from .splitter import LONGEST, Splitter
from .streams import ConnectionFailed, Streams

#: A client may allow a table of 4 GiB for the headers of answers; libnghttp2 takes that much of it.
_TABLE = 4096


class _Side:
    """One side of a connection, as far as both have it in common: bytes in, whole frames out."""

    def __init__(
        self, told: Streams | Answers, limits: Limits, splitter: Splitter, *, is_client: bool
    ) -> None:
        self._told = told
        self._limits = limits
        self._splitter = splitter
        self._out: list[bytes] = []
        config = h2.config.H2Configuration(
            client_side=is_client,
            header_encoding=None,
            validate_inbound_headers=False,
            normalize_inbound_headers=False,
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
        self._connection = h2.connection.H2Connection(config)
        self._bodies = Bodies(self._connection)

    def receive_data(self, data: bytes) -> None:
        """Take bytes of the other side's, frame by frame: behind an exception h2 has forgotten what
        the frames before had said, and what it was to send.
        """
        preface, frames = self._splitter.split(data)
        if preface:
            self._receive(preface)
        for frame in frames:
            if self._told.is_over:
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
        """Bytes of bodies for which the other side has given no credit."""
        return self._bodies.size

    def held_back_on(self, stream: int) -> int:
        """Those of one stream."""
        return self._bodies.size_of(stream)

    def reset(self, stream: int, code: int) -> bool:
        """End a stream with RST_STREAM."""
        self._bodies.forget(stream)
        try:
            self._connection.reset_stream(stream, code)
        except h2.exceptions.ProtocolError:
            return False
        return True

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
        told = self._told
        match event:
            case h2.events.DataReceived():
                told.data(event.stream_id, event.data, ended=False)
                if event.flow_controlled_length:
                    self._connection.acknowledge_received_data(
                        event.flow_controlled_length, event.stream_id
                    )
            case h2.events.StreamEnded():
                told.ended(event.stream_id)
            case h2.events.StreamReset():
                self._reset(event)
            case h2.events.WindowUpdated():
                self._bodies.credit(event.stream_id or 0)
            case h2.events.RemoteSettingsChanged():
                self._remote(event)
            case h2.events.SettingsAcknowledged():
                told.acknowledged()
            case h2.events.PingReceived():
                told.pinged(event.ping_data)
            case h2.events.PingAckReceived():
                told.pong(event.ping_data)

    def _reset(self, event: h2.events.StreamReset) -> None:
        stream, code = event.stream_id, int(event.error_code)
        self._bodies.forget(stream)
        if event.remote_reset:
            self._told.reset(stream, code)
        else:
            self._told.refused(stream, code, words(code))

    def _remote(self, event: h2.events.RemoteSettingsChanged) -> None:
        changed = {int(key): each.new_value for key, each in event.changed_settings.items()}
        encoder = self._connection.encoder
        encoder.header_table_size = min(_TABLE, encoder.header_table_size)
        self._told.settings(changed)
        self._bodies.flush()


class H2Engine(_Side):
    """An `Engine`.

    Headers are checked here, by the rules that name what is wrong, and cost no more than their
    stream: h2 would end the connection.
    """

    def __init__(self, streams: Streams, limits: Limits) -> None:
        super().__init__(streams, limits, Splitter(), is_client=False)
        self._streams = streams

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

    def send_headers(self, stream: int, headers: Iterable[Header], *, end: bool) -> bool:
        """Begin an answer."""
        if not self._bodies.begin(stream, end=end):
            return False
        self._connection.send_headers(stream, list(headers), end_stream=end)
        return True

    def send_data(self, stream: int, data: bytes, *, end: bool) -> bool:
        """Send a piece of an answer's body."""
        return self._bodies.add(stream, data, end=end)

    def update_settings(self, values: Mapping[int, int]) -> None:
        """Send SETTINGS."""
        self._connection.update_settings({**values})

    def _tell(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived():
                self._opened(event)
            case h2.events.TrailersReceived():
                self._trailed(event)
            case h2.events.ConnectionTerminated():
                # h2 answers nothing behind it.
                code = int(event.error_code or 0)
                debug = event.additional_data or b""
                self._streams.goodbye(event.last_stream_id or 0, code, debug)
                self._streams.over(ErrorCode.NO_ERROR, "the client has said GOAWAY")
            case _:
                super()._tell(event)

    def _opened(self, event: h2.events.RequestReceived) -> None:
        stream = event.stream_id
        headers = tuple((bytes(name), bytes(value)) for name, value in event.headers)
        if why := broken_rule(headers):
            self._refuse(stream, why, headers)
            return
        self._bodies.expect(stream)
        # Its end is an event of its own.
        self._streams.opened(stream, headers, ended=False)

    def _trailed(self, event: h2.events.TrailersReceived) -> None:
        fields = [(bytes(name), bytes(value)) for name, value in event.headers]
        if why := broken_rule(fields, trailers=True):
            self._refuse(event.stream_id, why, None)

    def _refuse(self, stream: int, why: str, headers: Headers | None) -> None:
        self._bodies.forget(stream)
        self._connection.reset_stream(stream, ErrorCode.PROTOCOL_ERROR)
        self._streams.refused(stream, ErrorCode.PROTOCOL_ERROR, why, headers)


class H2ClientEngine(_Side):
    """A `ClientEngine`."""

    def __init__(self, answers: Answers, limits: Limits) -> None:
        super().__init__(answers, limits, Splitter(preface=0), is_client=True)
        self._answers = answers

    def start(self, settings: Mapping[int, int]) -> None:
        """Say the client's preface."""
        connection = self._connection
        given = {h2.settings.SettingCodes(key): value for key, value in settings.items()}
        connection.local_settings = h2.settings.Settings(client=True, initial_values=given)
        connection.decoder.max_header_list_size = self._limits.header_list
        connection.initiate_connection()

    def unsent(self, stream: int) -> bool:
        """Whether the request on this stream is still to be sent, in part."""
        return stream in self._bodies

    def request(self, headers: Headers, body: bytes) -> int:
        """Open a stream with a request."""
        stream = self._connection.get_next_available_stream_id()
        self._connection.send_headers(stream, list(headers), end_stream=not body)
        if body:
            self._bodies.expect(stream)
            self._bodies.begin(stream, end=False)
            self._bodies.add(stream, body, end=True)
        return stream

    def _receive(self, data: bytes) -> None:
        frame = next(frames_of(data))
        if frame.kind == Kind.GOAWAY and frame.stream == 0 and len(frame.payload) >= 8:
            # h2 would listen no more, and answers to what was asked before are still to come.
            last, code = struct.unpack(">II", frame.payload[:8])
            self._answers.goodbye(last & UNLIMITED, code, frame.payload[8:])
        else:
            super()._receive(data)

    def _tell(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.ResponseReceived):
            self._begun(event)
        else:
            super()._tell(event)

    def _begun(self, event: h2.events.ResponseReceived) -> None:
        headers = tuple((bytes(name), bytes(value)) for name, value in event.headers)
        if why := broken_answer(headers):
            self.reset(event.stream_id, ErrorCode.PROTOCOL_ERROR)
            self._answers.refused(event.stream_id, ErrorCode.PROTOCOL_ERROR, why)
        else:
            # Its end is an event of its own.
            self._answers.begun(event.stream_id, headers, ended=False)


_ADDRESS = re.compile(r"<[^<>]* at 0x[0-9a-f]+>")


def _reason(error: h2.exceptions.ProtocolError) -> str:
    """What h2 says: of a stream that is not there no more than its number."""
    if isinstance(error, h2.exceptions.NoSuchStreamError):
        return f"a frame came on stream {error.stream_id}, which is not open"
    # Some name an object of h2's by its address, which says nothing to anybody.
    return _ADDRESS.sub("a frame of another kind", str(error))
