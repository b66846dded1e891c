"""What requests share that name an app in their path: broadcasts, and what manages channels."""

from __future__ import annotations

from collections.abc import Iterator

from ...protocol.http2 import Shape, shown
from ...push import MAX_TOPIC, Channel, Channels, Flaw, Refusal, odd_channel_id
from .headers import HeaderReader, flaws_of_id
from .manner import Manner

#: Characters of what is to be the id of a channel that are kept.
_KEPT = 200


class AppReader(HeaderReader):
    """Reads the headers of a request that has the bytes `app` in its path, beginning with those
    that all of them may have.
    """

    def __init__(self, shape: Shape, app: bytes) -> None:
        super().__init__(shape.headers)
        self.app = app.decode("utf-8", "replace")[:MAX_TOPIC]
        self.repeated()
        self.has_read(b"apns-request-id")
        self.flaws += flaws_of_id("apns-request-id", self.first.get(b"apns-request-id"))

    def channel(self) -> str | None:
        """The id of the channel, as it came; None where there is none."""
        value = self.first.get(b"apns-channel-id")
        if not value:
            said = "missing" if value is None else "empty"
            why = f"apns-channel-id is {said}: write the id there that making the channel answered"
            self.add(Refusal.MISSING_CHANNEL, why)
            return None
        self.has_read(b"apns-channel-id")
        text = value.decode("latin-1")
        odd = odd_channel_id(text)
        if odd is not None:
            self.add(Refusal.CHANNEL_UNKNOWN, f"apns-channel-id is {shown(value)}, which {odd}")
        return text[:_KEPT]

    def manner(self, channel: str | None = None) -> Manner:
        """What all of them say, and what has been found wrong until now."""
        return Manner(
            method=self.first.get(b":method", b""),
            authorization=self.first.get(b"authorization"),
            topic=self.app,
            headers=self.facts,
            flaws=tuple(self.flaws),
            channel=channel,
            repeats_id=b"apns-id" in self.first,
            not_allowed=Refusal.TOPIC_OF_OTHERS,
        )


def capability(channels: Channels, topic: str) -> Iterator[Flaw]:
    """That this app may not broadcast."""
    if not channels.are_enabled(topic):
        why = (
            f"the app {topic} has not the capability of broadcasting: it is off by the setting "
            "without_broadcast or apns.channels.disable, as where nobody has added it to the app"
        )
        yield Flaw(Refusal.NO_BROADCASTS, why)


def look_up(channels: Channels, topic: str, id: str) -> Channel | Flaw:
    """The channel with this id, or why there is none."""
    channel = channels.find(topic, id)
    if channel is None:
        owner = channels.owner(id)
        if owner is None:
            why = f"{topic} never had a channel {id}: make one, and write the id that it gets"
        else:
            why = f"the channel {id} is of {owner}, and the path names {topic}"
        return Flaw(Refusal.CHANNEL_UNKNOWN, why)
    if channel.deleted is not None:
        why = f"the channel {id} of {topic} was deleted, and never comes back: make another one"
        return Flaw(Refusal.CHANNEL_DELETED, why)
    return channel
