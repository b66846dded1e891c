"""What waits to be sent on each stream, for a library that queues no bodies itself."""

from __future__ import annotations

from collections import deque
from typing import Protocol


class _Connection(Protocol):
    """What is asked of the library's connection."""

    @property
    def max_outbound_frame_size(self) -> int: ...

    outbound_flow_control_window: int

    def local_flow_control_window(self, stream_id: int) -> int: ...

    def send_data(self, stream_id: int, data: bytes, end_stream: bool = False) -> None: ...


class _Message:
    """What is said on a stream."""

    def __init__(self) -> None:
        self.begun = False
        self.whole = False
        self.chunks: deque[bytes] = deque()


class Bodies:
    """Messages of a connection, each sent as far as the other side gives credit for it."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._messages: dict[int, _Message] = {}
        # Those that wait for credit of the connection's, oldest first: one that has none itself is
        # not asked again whenever the connection gets some.
        self._starved: dict[int, None] = {}
        #: Bytes that wait.
        self.size = 0

    def __contains__(self, stream: object) -> bool:
        return stream in self._messages

    def size_of(self, stream: int) -> int:
        """Bytes that wait on one stream."""
        message = self._messages.get(stream)
        return 0 if message is None else sum(map(len, message.chunks))

    def expect(self, stream: int) -> None:
        """There will be a message on this stream."""
        self._messages[stream] = _Message()

    def begin(self, stream: int, *, end: bool) -> bool:
        """The headers of an expected message are sent; whether there is one to begin."""
        message = self._messages.get(stream)
        if message is None or message.begun:
            return False
        message.begun = True
        if end:
            del self._messages[stream]
        return True

    def add(self, stream: int, data: bytes, *, end: bool) -> bool:
        """Send a piece of a message that has begun; whether there is one."""
        message = self._messages.get(stream)
        if message is None or not message.begun or message.whole:
            return False
        if data or end:
            message.chunks.append(data)
            self.size += len(data)
        message.whole = end
        self._flush(stream, message)
        return True

    def forget(self, stream: int) -> None:
        """Nothing more is to be said on a stream."""
        self.size -= self.size_of(stream)
        self._messages.pop(stream, None)
        self._starved.pop(stream, None)

    def flush(self) -> None:
        """Send what there may be credit for now, since all windows have changed."""
        for stream, message in list(self._messages.items()):
            self._flush(stream, message)

    def credit(self, stream: int) -> None:
        """Send what there is credit for now: on this stream, or with 0 on the connection."""
        if stream:
            self._go_on(stream)
            return
        while self._starved and self._connection.outbound_flow_control_window > 0:
            self._go_on(next(iter(self._starved)))

    def _go_on(self, stream: int) -> None:
        self._starved.pop(stream, None)
        message = self._messages.get(stream)
        if message is not None:
            self._flush(stream, message)

    def _flush(self, stream: int, message: _Message) -> None:
        connection = self._connection
        while message.chunks:
            chunk = message.chunks[0]
            room = min(
                connection.local_flow_control_window(stream), connection.max_outbound_frame_size
            )
            if chunk and room <= 0:
                if connection.outbound_flow_control_window <= 0:
                    self._starved[stream] = None
                return
            self.size -= min(room, len(chunk))
            if len(chunk) > room:
                connection.send_data(stream, chunk[:room])
                message.chunks[0] = chunk[room:]
                continue
            message.chunks.popleft()
            end = message.whole and not message.chunks
            connection.send_data(stream, chunk, end_stream=end)
        if message.whole:
            del self._messages[stream]
