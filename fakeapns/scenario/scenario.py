"""A scenario: who is there, what goes wrong and when, and what a good provider reaches.

The same objects come from a TOML file and from Python. What a trigger can know depends on the
stage at which its fault acts: see `KNOWN`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec

from ..errors import UsageError
from ..text import shown
from .fates import Fates
from .faults import Service
from .inhabitants import ChannelEntry, DeviceEntry
from .notes import beside_the_senders, notes
from .problems import Checked, Problem, Problems
from .pushes import PushEntry
from .settings import Settings
from .steps import Step
from .tokens import in_full
from .units import WHOLE

#: Whom a story is about: those who send to this service.
Sender = Literal["gateway", "api"]

Number = Annotated[int, msgspec.Meta(ge=0)]
Advice = Annotated[str, msgspec.Meta(min_length=1, description="a sentence for the sender")]


class Expect(Checked, frozen=True, kw_only=True):
    """What the best possible provider reaches. Messages `lost`, `duplicated` and
    `resent_after_refusal` are at most so many, none unless given; `max_connections` and
    `sent_after_feedback` bound what is used, `min_accepted` what gets through, and
    `feedback_read` says whether feedback has to be asked. With `live_tokens_kept` nobody may give
    up a token that was registered since the time that feedback, or a 410, has told of it. With
    `sent_as_listed` each has the expiration, the priority and, over the provider API, the push type
    and the collapse id that stand in the work list. `fates` says how many end in which way on
    devices: `fates = { expired = 1, not-stored = 0 }`, and `stale_badges` bounds the devices whose
    icon has another number in the end than the last that was meant for them.

    Of the provider API alone: `resent_unanswered` bounds what may be sent again though it had been
    accepted, since no answer had come, `max_provider_tokens` the distinct tokens (JWT) of one team
    that sign pushes within 20 minutes, 2 for whoever renews in order, and `max_streams_refused`
    the streams that a client opens beyond the limit of SETTINGS that it has acknowledged.
    `sent_after_gone` bounds pushes to devices and channels behind the answer that calls them gone,
    `resent_with_new_id` what comes again under another apns-id, or none, though it is owed still,
    and `resent_at_once` what comes again on the same connection within 0.1 s of a 429 or 5xx.
    """

    lost: Number = 0
    duplicated: Number = 0
    resent_after_refusal: Number = 0
    max_connections: Number | None = None
    min_accepted: Number | None = None
    feedback_read: bool | None = None
    sent_after_feedback: Number | None = None
    live_tokens_kept: bool = False
    sent_as_listed: bool = False
    fates: Fates | None = None
    stale_badges: Number | None = None
    resent_unanswered: Number | None = None
    max_provider_tokens: Number | None = None
    max_streams_refused: Number | None = None
    sent_after_gone: Number | None = None
    resent_with_new_id: Number | None = None
    resent_at_once: Number | None = None

    def problems(self) -> Iterator[Problem]:
        """Ranges that run backwards."""
        try:
            list(self.fates.bounds if self.fates else ())
        except UsageError as wrong:
            yield Problem(("fates",), str(wrong))


class Scenario(Checked, frozen=True, kw_only=True):
    """A story. `advice` tells a sender that fails in it what to do. `services` says with senders
    to which service `chaos` plays it, and restricts no step. `gateway` has settings by name; `name`
    is that of its file.

    Tables and lists may be given as a file has them. Raises `ScenarioError`, with a line for each
    mistake, as it is made.
    """

    about: Annotated[str, msgspec.Meta(min_length=1, description="a sentence")]
    advice: Advice | None = None
    services: Annotated[tuple[Sender, ...], msgspec.Meta(min_length=1)] = ("gateway",)
    seed: int | None = None
    gateway: dict[str, Any] = msgspec.field(default_factory=dict)
    device: tuple[DeviceEntry, ...] = ()
    channel: tuple[ChannelEntry, ...] = ()
    push: tuple[PushEntry, ...] = ()
    step: tuple[Step, ...] = ()
    expect: Expect = Expect()
    name: str | None = None

    def problems(self) -> Iterator[Problem]:
        """What its parts cannot see by themselves."""
        if len(set(self.services)) < len(self.services):
            yield Problem(("services",), "names a service twice")
        yield from (each.within("gateway") for each in Settings.mistakes(self.gateway))
        yield from self._wrong_tokens()
        yield from self._wrong_channels()
        yield from self._unknown_channels()
        yield from self._impossible(self._tls_maximum_of)

    def _wrong_tokens(self) -> Iterator[Problem]:
        """Tokens that are there twice."""
        seen: set[tuple[str, bytes]] = set()
        for position, device in enumerate(self.device):
            ours = [(device.topic, device.token)]
            ours += [(device.live_topic, each) for each in device.live_tokens]
            for topic, token in ours:
                if (topic, in_full(token)) in seen:
                    what = f"topic {topic} has token {token} twice"
                    yield Problem(("device", position, "token"), what)
                seen.add((topic, in_full(token)))

    def _unknown_channels(self) -> Iterator[Problem]:
        """Channels that somebody follows, or that are broadcast to, and no table is about."""
        there = {(each.topic, each.id) for each in self.channel if not each.deleted}
        for position, device in enumerate(self.device):
            for id in device.follows:
                if (device.topic, id) not in there:
                    what = f"topic {device.topic} has no channel {id}: add a [[channel]]"
                    yield Problem(("device", position, "follows"), what)
        known = {each.id for each in self.channel}
        for position, push in enumerate(self.push):
            if push.channel is not None and push.channel not in known:
                what = f"there is no channel {push.channel}: add a [[channel]]"
                yield Problem(("push", position, "channel"), what)

    def _wrong_channels(self) -> Iterator[Problem]:
        """Ids that are there twice, and more channels of an app than the settings allow."""
        most = self.gateway.get("max_channels", Settings().max_channels)
        sizes: Counter[str] = Counter()
        seen: set[tuple[str, str]] = set()
        for position, channel in enumerate(self.channel):
            if (channel.topic, channel.id) in seen:
                what = f"topic {channel.topic} has channel {channel.id} twice"
                yield Problem(("channel", position, "id"), what)
                continue
            seen.add((channel.topic, channel.id))
            sizes[channel.topic] += not channel.deleted
            if isinstance(most, int) and sizes[channel.topic] == most + 1:
                what = f"topic {channel.topic} has more channels than max_channels, {most:,}"
                yield Problem(("channel", position), what)

    def _tls_maximum_of(self, service: Service) -> str:
        usual = Settings().tls_maximum_of(service)
        name = "api_tls_maximum" if service == "api" else "tls_maximum"
        # TOML has numbers, too.
        return str(self.gateway.get(name, usual))

    def _impossible(self, tls_maximum: Callable[[Service], str]) -> Iterator[Problem]:
        for position, step in enumerate(self.step):
            why = step.impossible(tls_maximum)
            if why is not None:
                yield Problem(("step", position), why)

    def notes(self, *, unsure: bool = True) -> Iterator[str]:
        """What is right, and may surprise all the same; without `unsure` only why a step may never
        act.
        """
        yield from notes(self.step, self.device, unsure=unsure)
        acts_on = (step.services(self._tls_maximum_of) for step in self.step)
        yield from beside_the_senders(acts_on, self.services)

    def check_tls(self, settings: Settings) -> None:
        """Raise `ScenarioError` if a fault cannot be together with the versions of TLS."""
        found = list(self._impossible(settings.tls_maximum_of))
        if found:
            raise Problems(found)

    def check_seed(self, seed: int | None) -> None:
        """Raise `ScenarioError` if something is left to chance and there is no seed, `UsageError`
        for one that no ledger can hold.
        """
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
            raise UsageError(f"{shown(seed)} is no seed: write a whole number")
        if seed is not None and seed not in WHOLE:
            raise UsageError("the seed is too large: write one that fits into 64 bits")
        chances = [
            position for position, step in enumerate(self.step) if step.on.chance is not None
        ]
        found = [] if seed is not None else list(missing_seed(chances, self.gateway))
        if found:
            raise Problems(found)


def missing_seed(chances: Iterable[int], gateway: Mapping[str, Any]) -> Iterator[Problem]:
    """What cannot be without a seed: steps with a chance, by position, and ranges."""
    for position in chances:
        what = "chance needs a seed: write seed = 7 at the top, or give --seed"
        yield Problem(("step", position, "on", "chance"), what)
    if ".." in str(gateway.get("error_delay", "")):
        what = "a range of delays needs a seed: write seed = 7 at the top, or give --seed"
        yield Problem(("gateway", "error_delay"), what)
