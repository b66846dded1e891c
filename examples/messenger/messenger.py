"""A messenger: it wakes the app for each message, and shows one where nobody comes for it."""

import os
import sys
import time
from collections import defaultdict
from pathlib import Path

import httpx
import jwt
import trio

#: Seconds that an app has to come for a message before its user is shown one. It is what iOS gives
#: an app that it has woken.
PATIENCE = 30.0
#: Seconds for which a token for Apple is used: no less than 20 minutes, no more than an hour.
LASTING = 45 * 60.0

SILENT = {"content-available": 1}
#: The app is woken all the same: whoever opens it finds the message there.
VISIBLE = {"alert": {"loc-key": "NEW_MESSAGE"}, "sound": "default", "content-available": 1}


class Apple:
    """Pushes to one app. `now` is the clock that Apple's tokens go by."""

    def __init__(self, client, topic, key, key_id, team_id, now):
        self._client = client
        self._topic = topic
        self._signing = key, key_id, team_id
        self._now = now
        self._token, self._minted = "", float("-inf")

    async def push(self, token, aps, push_type, priority):
        """What Apple says: 200, or else a status and a reason."""
        headers = {
            "authorization": f"bearer {self._signed()}",
            "apns-topic": self._topic,
            "apns-push-type": push_type,
            "apns-priority": str(priority),
        }
        path = f"/3/device/{token}"
        answer = await self._client.post(path, headers=headers, json={"aps": aps})
        return answer.status_code

    def _signed(self):
        now = self._now()
        if not 0 <= now - self._minted < LASTING:
            key, key_id, team_id = self._signing
            said = {"iss": team_id, "iat": int(now)}
            self._token = jwt.encode(said, key, algorithm="ES256", headers={"kid": key_id})
            self._minted = now
        return self._token


class Messenger:
    """Keeps messages until the app of the one they are for has come for them.

    A silent push wakes the app. If it does not come within `patience` seconds, its user is shown
    that there is something, and from then on at once, until the app comes: one that its user has
    ended is woken by nothing.
    """

    def __init__(self, apple, patience=PATIENCE):
        self._apple = apple
        self.patience = patience
        self._tokens = {}
        self._waiting = defaultdict(list)
        self._came = {}
        self._visibly = set()

    def register(self, user, token):
        """The app of this user has got a token from Apple."""
        self._tokens[user] = token

    def collect(self, user):
        """The app has come: the messages that wait for its user."""
        self._visibly.discard(user)
        self._came.pop(user, trio.Event()).set()
        return self._waiting.pop(user, [])

    async def send(self, user, text):
        """Have a message for a user, and see to it that it is fetched."""
        self._waiting[user].append(text)
        token = self._tokens[user]
        if user not in self._visibly:
            came = self._came.setdefault(user, trio.Event())
            await self._apple.push(token, SILENT, "background", 5)
            with trio.move_on_after(self.patience):
                await came.wait()
                return
            self._visibly.add(user)
        await self._apple.push(token, VISIBLE, "alert", 10)

    async def talk(self, stream):
        """One connection of an app: it says whose it is, and gets what waits, a line each."""
        async with stream:
            user = (await stream.receive_some(1024)).decode().strip()
            await stream.send_all("".join(f"{each}\n" for each in self.collect(user)).encode())


async def main(url, *who):
    """Serve apps at port 7000; each line of standard input is a user, a token and a message."""
    async with httpx.AsyncClient(http2=True, base_url=url) as client:
        messenger = Messenger(Apple(client, *who, now=time.time))
        async with trio.open_nursery() as nursery:
            await nursery.start(trio.serve_tcp, messenger.talk, 7000)
            async for line in trio.wrap_file(sys.stdin):
                user, token, text = line.strip().split(" ", 2)
                messenger.register(user, token)
                nursery.start_soon(messenger.send, user, text)


if __name__ == "__main__":
    url = os.environ.get("APNS_API_URL", "https://api.push.apple.com")
    key = Path(os.environ["APNS_AUTH_KEY"]).read_text()
    account = os.environ["APNS_KEY_ID"], os.environ["APNS_TEAM_ID"]
    trio.run(main, url, os.environ["APNS_TOPIC"], key, *account)
