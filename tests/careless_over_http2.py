"""Bad providers of the API, as the scenarios of the catalogue meant to catch them find them.

One sender over h2 that is right but for what its `Habits` say. It is plain: whatever goes wrong, it
opens no further stream there, waits for what is under way, and goes on with another connection.
"""

from __future__ import annotations

import json
import math
import ssl
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any, Literal
from uuid import uuid4

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings
import msgspec
import trio

from fakeapns.provider import SendError
from fakeapns.provider.api import ApiPush
from fakeapns.provider.sender import Connect

#: Seconds for which nothing may come, and between two connections.
PATIENCE, PAUSE = 20.0, 2.0
#: Connections after which they give up.
CONNECTIONS = 40
#: How often one that hammers does so with a push.
TRIES = 3
#: How many pushes one that roams sends on a connection.
FEW = 20
#: What is the push's own fault, and of that what its device or channel is gone for.
FINAL = frozenset((400, 404, 405, 410, 413))
GONE = frozenset(
    (
        *("Unregistered", "ExpiredToken", "ChannelNotRegistered"),
        *("BroadcastFeatureNotEnabled", "FeatureNotEnabled"),
    )
)

#: A provider token (JWT).
Sign = Callable[[], str]


class Habits(msgspec.Struct, frozen=True):
    """What a provider does wrong.

    `again` is what it sends once more when something has gone wrong: all that is owed, as is right,
    `nothing` of what was under way, or `everything` with new ids. One that `prunes` strikes a
    device off for any 4xx, one that `keeps` them strikes off none, also behind 410. One that
    `mints` signs a token for each push, one that `crowds` ignores the limit of streams, one that
    `waits` has patience without end, and one that `hurries` leaves each priority at 10. One that
    `rushes` sends before it has heard SETTINGS. One that `renames` gives a push another id each
    time, one that `hammers` sends again at once what is refused for a while, and one that `roams`
    opens another connection behind each few pushes. One that is `alone` sends a push when the one
    before is done with, and one that `forgets` says neither when a push expires nor what it
    replaces. One that `hastes` has each expire at once, and one that `skips` takes a badge of 0 for
    none.
    """

    again: Literal["owed", "nothing", "everything"] = "owed"
    prunes: bool = False
    mints: bool = False
    crowds: bool = False
    waits: bool = False
    hurries: bool = False
    keeps: bool = False
    rushes: bool = False
    renames: bool = False
    hammers: bool = False
    roams: bool = False
    alone: bool = False
    forgets: bool = False
    hastes: bool = False
    skips: bool = False


DROPS = Habits(again="nothing")
REPEATS = Habits(again="everything", keeps=True)
PRUNES = Habits(prunes=True)
MINTS = Habits(mints=True)
CROWDS = Habits(crowds=True)
WAITS = Habits(waits=True)
HURRIES = Habits(hurries=True)
FORGETS = Habits(forgets=True)
HASTES = Habits(hastes=True)
SKIPS = Habits(skips=True)
KEEPS = Habits(keeps=True)
RENAMES = Habits(renames=True)
HAMMERS = Habits(hammers=True)
ROAMS = Habits(roams=True)
ALONE = Habits(again="nothing", alone=True)
RUSHES = Habits(waits=True, rushes=True)


async def send_carelessly(
    connect: Connect, pushes: Sequence[ApiPush], sign: Sign, habits: Habits
) -> None:
    """Send them so, over one connection after another, until none is left or patience is."""
    if habits.hurries:
        pushes = [msgspec.structs.replace(each, priority=None) for each in pushes]
    if habits.forgets:
        gone = {"expiration": None, "collapse_id": None}
        pushes = [msgspec.structs.replace(each, **gone) for each in pushes]
    if habits.hastes:
        pushes = [msgspec.structs.replace(each, expiration=0) for each in pushes]
    if habits.skips:
        pushes = [
            msgspec.structs.replace(each, payload=without_a_badge_of_0(each.payload))
            for each in pushes
        ]
    todo, token = list(pushes), sign()
    few = FEW if habits.roams else len(todo)
    sign_each = sign if habits.mints else lambda: token
    for _ in range(CONNECTIONS):
        if not todo:
            return
        try:
            stream = await connect()
        except (SendError, trio.BrokenResourceError, ssl.SSLError):
            await trio.sleep(PAUSE)
            continue
        visit = _Visit(stream, todo[:few], sign_each, habits)
        await visit.run()
        await trio.aclose_forcefully(stream)
        owed = map(_renamed, visit.owed) if habits.renames else visit.owed
        left = [each for each in todo[few:] if each.receiver not in visit.gone]
        todo = [*owed, *visit.todo, *left]
        if visit.in_trouble and habits.again == "everything":
            todo = list(map(_renamed, pushes))
        elif habits.again == "nothing":
            todo = [*visit.todo, *left]
        if visit.expired:
            token = sign()
        await trio.sleep(PAUSE)


def without_a_badge_of_0(payload: bytes) -> bytes:
    """A payload as whoever writes it who asks `if badge`."""
    found = json.loads(payload)
    if not found["aps"].get("badge"):
        found["aps"].pop("badge", None)
    return json.dumps(found).encode()


def _renamed(push: ApiPush) -> ApiPush:
    return msgspec.structs.replace(push, apns_id=str(uuid4()))


class _Boundless(h2.settings.Settings):
    """Settings of the other side, whose limit of streams nobody heeds."""

    max_concurrent_streams = property(lambda self: 1 << 30)


class _Visit:
    """One connection: `todo` is still to be sent, `owed` was sent in vain."""

    def __init__(
        self, stream: trio.abc.Stream, todo: Sequence[ApiPush], sign: Sign, habits: Habits
    ) -> None:
        self.todo, self.owed, self.gone = deque(todo), list[ApiPush](), set[str]()
        self.in_trouble = self.expired = False
        self._stream, self._sign, self._habits = stream, sign, habits
        self._client = h2.connection.H2Connection(h2.config.H2Configuration())
        if habits.crowds:
            self._client.remote_settings = _Boundless(client=False)
        self._greeted, self._over = habits.rushes, False
        self._open: dict[int, ApiPush] = {}
        self._status: dict[int, int] = {}
        self._bodies: dict[int, bytes] = {}
        self._tries = Counter[str]()

    async def run(self) -> None:
        """Talk until there is nothing to say or to hear."""
        self._client.initiate_connection()
        try:
            while not self._over:
                self._fill()
                await self._stream.send_all(self._client.data_to_send())
                if not self._open and (self.in_trouble or not self.todo):
                    break
                with trio.move_on_after(math.inf if self._habits.waits else PATIENCE) as waiting:
                    await self._hear()
                if waiting.cancelled_caught:
                    break
        except (trio.BrokenResourceError, h2.exceptions.ProtocolError):
            pass
        self.in_trouble |= bool(self._open)
        self.owed += self._open.values()

    def _fill(self) -> None:
        client = self._client
        while self.todo and self._greeted and not self.in_trouble and self._room:
            push = self.todo.popleft()
            stream = client.get_next_available_stream_id()
            client.send_headers(stream, push.headers("https", "localhost", self._sign()))
            client.send_data(stream, push.payload, end_stream=True)
            self._open[stream] = push

    @property
    def _room(self) -> bool:
        """Whether one more fits, by the limit and by what credit there is."""
        if self._habits.alone and self._open:
            return False
        theirs = self._client.remote_settings
        credit = min(self._client.outbound_flow_control_window, theirs.initial_window_size)
        return credit >= len(self.todo[0].payload) and (
            self._client.open_outbound_streams < theirs.max_concurrent_streams
        )

    async def _hear(self) -> None:
        data = await self._stream.receive_some()
        self._over = not data
        for event in self._client.receive_data(bytes(data)):
            match event:
                case h2.events.RemoteSettingsChanged():
                    self._greeted = True
                case h2.events.ResponseReceived():
                    self._status[event.stream_id] = int(dict(event.headers)[b":status"])
                case h2.events.DataReceived():
                    self._bodies[event.stream_id] = event.data
                case h2.events.StreamEnded():
                    self._answered(event.stream_id)
                case h2.events.StreamReset() if event.stream_id in self._open:
                    self._failed(self._open.pop(event.stream_id))
                case h2.events.ConnectionTerminated():
                    self.in_trouble = self._over = True

    def _answered(self, stream: int) -> None:
        push, status = self._open.pop(stream), self._status[stream]
        if status == 200:
            return
        body = json.loads(self._bodies[stream])
        self.expired |= body["reason"] == "ExpiredProviderToken"
        strikes = self._habits.prunes and 400 <= status < 500
        if strikes or (not self._habits.keeps and self._is_gone(push, body)):
            self.gone.add(push.receiver)
            self.todo = deque(each for each in self.todo if each.receiver != push.receiver)
        elif self._is_hammered(push, status):
            self.todo.appendleft(push)
        elif status not in FINAL or self._habits.again == "everything":
            self._failed(push)

    def _is_hammered(self, push: ApiPush, status: int) -> bool:
        if not self._habits.hammers or (status < 500 and status != 429):
            return False
        self._tries[push.apns_id] += 1
        return self._tries[push.apns_id] < TRIES

    @staticmethod
    def _is_gone(push: ApiPush, body: dict[str, Any]) -> bool:
        since = body.get("timestamp", math.inf) / 1000
        return body["reason"] in GONE and (push.registered is None or push.registered <= since)

    def _failed(self, push: ApiPush) -> None:
        self.in_trouble = True
        self.owed.append(push)
