"""Sends a work list with aioapns 4.0."""

import asyncio
import json
import os
import ssl
import sys
import time
from collections import Counter
from pathlib import Path

from aioapns import APNs, NotificationRequest, PushType
from aioapns.connection import APNsProductionClientProtocol as Apple

# It knows Apple's addresses only.
Apple.APNS_SERVER = os.environ["APNS_API_HOST"]
Apple.APNS_PORT = int(os.environ["APNS_API_PORT"])

#: Pushes underway.
AT_ONCE = 100
#: Seconds for a push, all tries of the library included. It waits for ever, but closes connections
#: that are idle for ten seconds, for which this leaves it the time.
PATIENCE = 20


def as_request(item):
    """What is to be sent, in the library's words. What is for the background is not urgent."""
    kind = PushType(item.get("push_type", "alert"))
    expiration = item.get("expiration")
    return NotificationRequest(
        item["token"],
        item["payload"],
        apns_topic=item["topic"],
        push_type=kind,
        priority=item.get("priority", 5 if kind is PushType.BACKGROUND else None),
        # It takes how long a push is good for, and counts from when it sends it.
        time_to_live=expiration and expiration - int(time.time()),
        collapse_key=item.get("collapse_id"),
    )


class Sender:
    """Sends, and counts what became of it. Tokens that are no good any more are `gone`."""

    def __init__(self, client):
        self.client = client
        self.told = Counter()
        self.gone = set()

    async def send_each(self, left):
        """Take from what is left until nothing is."""
        for item in left:
            if item["token"] not in self.gone:
                self.told[await self.send(item)] += 1

    async def send(self, item):
        """One push, and a word for its fate."""
        sending = self.client.send_notification(as_request(item))
        try:
            answer = await asyncio.wait_for(sending, PATIENCE)
        except Exception as problem:
            print(f"{item['token']}: {problem!r}", file=sys.stderr)
            return "failed"
        if answer.status == "410" and answer.timestamp >= item.get("registered", 0) * 1000:
            self.gone.add(item["token"])
        return "sent" if answer.is_successful else "refused"


def read_work():
    """What is to be sent: JSON Lines. It knows no broadcasts."""
    with open(os.environ["APNS_WORK"], encoding="utf-8") as file:
        return [item for item in map(json.loads, file) if "token" in item]


async def send_all(work, key):
    """Send everything, tell."""
    client = APNs(
        key=key,
        key_id=os.environ["APNS_KEY_ID"],
        team_id=os.environ["APNS_TEAM_ID"],
        topic=os.environ["APNS_TOPIC"],
        ssl_context=ssl.create_default_context(cafile=os.environ["APNS_CA"]),
    )
    sender, left = Sender(client), iter(work)
    await asyncio.gather(*(sender.send_each(left) for _ in range(AT_ONCE)))
    client.pool.close()
    print(", ".join(f"{count} {word}" for word, count in sender.told.items()))


asyncio.run(send_all(read_work(), Path(os.environ["APNS_AUTH_KEY"]).read_text(encoding="ascii")))
