"""Sends to Apple, and tries again what may work later."""

import asyncio
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from aioapns import APNs
from aioapns.common import NotificationResult
from aioapns.exceptions import MaxAttemptsExceeded
from h2.exceptions import ProtocolError

log = logging.getLogger(__name__)

#: Seconds between tries.
PAUSES = (1, 2, 4, 8)
#: What Apple says when it is not the push that is wrong.
LATER = ("429", "500", "503", "no answer")


@dataclass(frozen=True)
class Account:
    """Who we are to Apple: an app, and a key of its developer account."""

    topic: str
    key: str
    key_id: str
    team_id: str
    sandbox: bool = False

    @classmethod
    def from_environment(cls, environ=os.environ):
        return cls(
            topic=environ["APNS_TOPIC"],
            key=Path(environ["APNS_AUTH_KEY"]).read_text(),
            key_id=environ["APNS_KEY_ID"],
            team_id=environ["APNS_TEAM_ID"],
            sandbox=environ.get("APNS_SANDBOX") == "yes",
        )


class Sender:
    """Sends over as few connections as it can. Use it within one event loop, and close it."""

    def __init__(self, account, sleep=asyncio.sleep):
        self._account = account
        self._sleep = sleep
        self._client = None

    async def send(self, request):
        """Apple's last word on this push. What is sent again is the same one, id included."""
        for pause in PAUSES:
            answer = await self._try(request)
            if answer.status not in LATER and answer.description != "ExpiredProviderToken":
                return answer
            log.info("%s (%s): again in %s s", answer.status, answer.description, pause)
            await self._sleep(pause)
        return await self._try(request)

    async def _try(self, request):
        client = self._client = self._client or self._connect()
        try:
            answer = await client.send_notification(request)
        except (MaxAttemptsExceeded, ProtocolError) as problem:
            # aioapns 4.0 also writes to a connection that Apple has just ended: ProtocolError.
            answer = NotificationResult(request.notification_id, "no answer", repr(problem))
            self._leave(client)
        if answer.description == "ExpiredProviderToken":
            # It signs one token for each connection, so a new one needs a new connection.
            self._leave(client)
        return answer

    def _leave(self, client):
        """The next push goes over a new connection, unless another one has seen to that."""
        if client is self._client:
            client.pool.close()
            self._client = None

    def _connect(self):
        account = self._account
        return APNs(
            key=account.key,
            key_id=account.key_id,
            team_id=account.team_id,
            topic=account.topic,
            use_sandbox=account.sandbox,
            max_connection_attempts=1,
        )

    async def close(self):
        """Let go of all connections."""
        while self._client and self._client.pool.connections:
            self._client.pool.close()
            await asyncio.sleep(0.01)  # aioapns closes in the background
