"""Push messages over Apple's binary gateway, for an asyncio program.

Apple says nothing when all is well. An error names one notification: all before it was
accepted, and all behind it is gone and has to be sent again. To know when a list is through
without waiting for a silence, each connection ends with a notification that is bad on purpose:
the error that names it says that everything before it was accepted.
"""

import asyncio
import json
import struct

INVALID_TOKEN = 8
#: Errors that are the notification's own fault: sending it again cannot help.
OWN_FAULTS = {2, 3, 4, 5, 6, 7, INVALID_TOKEN}
SHUTDOWN = 10
LAST_WORD = 0xFFFFFFFF
#: Connections in a row that may pass without a single notification getting through.
PATIENCE = 8


class PushFailed(Exception):
    """The gateway let us down too often; the message says how many are left."""


class PushService:
    """Sends a text to many devices, each once, whatever the gateway does in between."""

    def __init__(self, gateway, feedback, context, pause=0.1):
        self.gateway, self.feedback, self.context = gateway, feedback, context
        self.pause = pause  # in seconds, before a second attempt; then doubled each time

    async def send(self, tokens, text):
        """Send to all tokens (hex). Returns those that were refused, with Apple's status."""
        payload = json.dumps({"aps": {"alert": text}}).encode()
        through, refused, failures = 0, {}, 0
        while through < len(tokens):
            before = through
            try:
                status, named = await self._send_behind(through, tokens, payload)
            except (OSError, asyncio.IncompleteReadError):
                # Closed without a word. Nobody can know what got through: better twice than never.
                pass
            else:
                if named == LAST_WORD:
                    return refused
                if status in OWN_FAULTS:
                    refused[tokens[named]] = status
                # A shutdown names the last one that was accepted, which is done with as well.
                through = named + 1 if status in OWN_FAULTS | {SHUTDOWN} else named
            failures = 0 if through > before else failures + 1
            if failures == PATIENCE:
                raise PushFailed(f"{len(tokens) - through} of {len(tokens)} not sent: {text}")
            if failures:
                await asyncio.sleep(self.pause * 2 ** (failures - 1))
        return refused

    async def _send_behind(self, through, tokens, payload):
        """Write all that is not through on a new connection. Returns the error that ends it."""
        reader, writer = await self._connect(self.gateway)
        try:
            for position in range(through, len(tokens)):
                writer.write(frame(tokens[position], payload, position))
                await writer.drain()
            writer.write(frame("", payload, LAST_WORD))
            _, status, named = struct.unpack(">BBI", await reader.readexactly(6))
            return status, named
        finally:
            writer.transport.abort()

    async def removed_apps(self):
        """The tokens of devices that no longer have the app, since we last asked."""
        reader, writer = await self._connect(self.feedback)
        tokens = []
        while header := await reader.read(6):
            _, size = struct.unpack(">IH", header)
            tokens.append((await reader.readexactly(size)).hex())
        writer.close()
        await writer.wait_closed()
        return tokens

    async def _connect(self, address):
        return await asyncio.open_connection(
            *address, ssl=self.context, server_hostname="localhost"
        )


def frame(token, payload, identifier):
    """A notification in Apple's format: command 2 with token, payload and identifier."""
    raw = bytes.fromhex(token)
    items = struct.pack(f">BH{len(raw)}s", 1, len(raw), raw)
    items += struct.pack(f">BH{len(payload)}s", 2, len(payload), payload)
    items += struct.pack(">BHI", 3, 4, identifier)
    return struct.pack(">BI", 2, len(items)) + items
