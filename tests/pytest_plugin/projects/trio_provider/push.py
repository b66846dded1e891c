"""Push messages over Apple's binary gateway, for a trio program.

Apple says nothing when all is well. An error names one notification: all before it was
accepted, and all behind it is gone and has to be sent again. So a list is through when nothing
has been heard for a while behind its last notification.
"""

import json
import struct

import trio

INVALID_TOKEN = 8
#: Errors that are the notification's own fault: sending it again cannot help.
OWN_FAULTS = {2, 3, 4, 5, 6, 7, INVALID_TOKEN}
SHUTDOWN = 10
#: Connections in a row that may pass without a single notification getting through.
PATIENCE = 5


class PushFailed(Exception):
    """The gateway let us down too often; the message says how many are left."""


class PushService:
    """Sends a text to many devices. `connect` opens a stream to the gateway."""

    def __init__(self, connect, settle=5):
        self.connect, self.settle = connect, settle

    async def send(self, tokens, text):
        """Send to all tokens (hex). Returns those that were refused, with Apple's status."""
        payload = json.dumps({"aps": {"alert": text}}).encode()
        through, refused, failures = 0, {}, 0
        while through < len(tokens):
            before = through
            try:
                error = await self._send_behind(through, tokens, payload)
            except OSError:
                error = b""
            if error is None:
                break
            if error:
                _, status, named = struct.unpack(">BBI", error)
                if status in OWN_FAULTS:
                    refused[tokens[named]] = status
                # A shutdown names the last one that was accepted, which is done with as well.
                through = named + 1 if status in OWN_FAULTS | {SHUTDOWN} else named
            # Closed without a word: nobody can know what got through, so all of it again.
            failures = 0 if through > before else failures + 1
            if failures == PATIENCE:
                raise PushFailed(f"{len(tokens) - through} of {len(tokens)} not sent: {text}")
            await trio.sleep(2**failures - 1)
        return refused

    async def _send_behind(self, through, tokens, payload):
        """Write all that is not through on a new connection.

        Returns the error packet, nothing (b"") if the gateway just closed, and None when it
        had nothing to say until all was settled.
        """
        stream = await self.connect()
        try:
            async with trio.open_nursery() as nursery:
                with trio.CancelScope() as silence:
                    nursery.start_soon(self._write, stream, through, tokens, payload, silence)
                    error = await read_error(stream)
                nursery.cancel_scope.cancel()
            return None if silence.cancelled_caught else error
        finally:
            await trio.aclose_forcefully(stream)

    async def _write(self, stream, through, tokens, payload, silence):
        try:
            for position in range(through, len(tokens)):
                await stream.send_all(frame(tokens[position], payload, position))
        except trio.BrokenResourceError:
            return  # Whoever reads learns better than we do why nobody takes it any more.
        silence.deadline = trio.current_time() + self.settle


async def read_error(stream):
    """The six bytes of an error packet, or b"" where the gateway just went away."""
    heard = b""
    try:
        while len(heard) < 6 and (data := await stream.receive_some(6)):
            heard += data
    except trio.BrokenResourceError:
        pass
    return heard if len(heard) == 6 else b""


def frame(token, payload, identifier):
    """A notification in Apple's format: command 2 with token, payload and identifier."""
    raw = bytes.fromhex(token)
    items = struct.pack(f">BH{len(raw)}s", 1, len(raw), raw)
    items += struct.pack(f">BH{len(payload)}s", 2, len(payload), payload)
    items += struct.pack(">BHI", 3, 4, identifier)
    return struct.pack(">BI", 2, len(items)) + items


async def removed_apps(connect):
    """The tokens of devices without the app; `connect` opens a stream to the feedback service."""
    stream = await connect()
    data = b""
    async with stream:
        async for chunk in stream:
            data += chunk
    tokens = []
    while data:
        _, size = struct.unpack(">IH", data[:6])
        tokens.append(data[6 : 6 + size].hex())
        data = data[6 + size :]
    return tokens
