"""The one table of settings: arguments of `FakeAPNs`, `[gateway]` keys and `--set` alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

import msgspec

from ..errors import UsageError
from ..protocol import PUSH_TYPES
from .faults import Service
from .problems import Problem, fields, unknown, wrong_value
from .settings_keywords import TLSVersion
from .settings_values import as_usage, combinations, plain
from .units import (
    DURATION_RANGE_PATTERN,
    NAME_PATTERN,
    Allowance,
    Budget,
    Count,
    CountRange,
    Duration,
    DurationRange,
    parse_duration,
)

Positive = Annotated[int, msgspec.Meta(ge=1)]
PushTypes = Annotated[
    tuple[Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)], ...],
    msgspec.Meta(min_length=1, description="a name such as alert, or a list of names"),
]
Topics = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1)], ...],
    msgspec.Meta(description="a topic, with wildcards or without, or a list of topics"),
]
Files = Annotated[tuple[str, ...], msgspec.Meta(description="a path, or a list of paths")]
DelayRange = Annotated[
    str,
    msgspec.Meta(
        pattern=DURATION_RANGE_PATTERN,
        description="a duration such as 250ms, or a range such as 75ms..500ms",
    ),
]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """How the server behaves, apart from faults. Durations are text with a unit.

    Defaults are those of the real service where they are known (see the README's fidelity
    list). Build one with `of`, which checks everything and explains what is wrong.
    """

    #: `any` takes every well-formed token, `registered` only those of known devices. Any, so that a
    #: first test needs no device; a token that is known under another topic is refused anyway.
    tokens: Literal["any", "registered"] = "any"
    #: Allowed token lengths in bytes; `32` is the rule of before 2016. Binary Provider API says up
    #: to 100 since, and 36 to 80 were seen (pushjack #32, rpush #462, ApnsPHP #157,
    #: AppleApnPush #80).
    token_sizes: Count = "1..100"
    #: Bytes; 256 until 2014, 4096 for VoIP (node-apn 1.7 only; Apple's text says 2048). For all
    #: three commands: Legacy Notification Format still says 256 for the old ones, and clients sent
    #: more.
    payload_limit: Positive = 2048
    #: What a send to a device without the app gets: nothing, or status 8. Nothing, since that is
    #: what feedback was for (Binary Provider API); 8 was seen as well (node-apn #334, #366).
    uninstalled: Literal["accept", "reject"] = "accept"
    #: Used where a client certificate gives none.
    topic: str | None = None
    #: Required, as it was the only authentication that there was (Binary Provider API).
    client_certificate: Literal["required", "optional"] = "required"
    #: Further PEM files whose CAs or certificates are trusted.
    client_ca: Files = ()
    #: Certificates and tokens of the other one are refused; what came of mixing them up is the most
    #: repeated question of all (node-apn #483, dotAPNS #84, Knuff #76). Universal ones fit both.
    environment: Literal["production", "sandbox"] = "production"
    #: 1.2 alone: none newer was seen of the binary service (pushy #178, java-apns #349), and in 1.3
    #: a client is done before the server has judged its certificate (RFC 8446, 2), so a refusal
    #: would come with the first read instead of with the connect. Lower for clients that know no
    #: better.
    tls_minimum: TLSVersion = "1.2"
    tls_maximum: TLSVersion = "1.2"
    #: Before any error; a range such as `75ms..500ms` needs a seed. Those are what was measured of
    #: the real service (pushy #178, node-apn #193). None by default, so that tests are quick and
    #: say the same twice; what a late error costs is for scenarios.
    error_delay: DelayRange = "0ms"
    #: Ends a delay that counts notifications when none come any more: a provider that has sent all
    #: it has would wait for ever.
    idle_limit: Duration = "2s"
    #: Between the last word and the close behind it. Ours: with the close right behind, two clients
    #: in Go lost the six bytes of an error (measured).
    close_pause: Duration = "150ms"
    #: How long the server reads on once it has shut its side. Ours: Apple's is not known. PushSharp
    #: 3 looks for an error 750 ms behind its batch, ApnsPHP 1 s, and both still find it. It decides
    #: how much a slow writer loses that does not notice the end: 196 in one case, 21 in another.
    close_grace: Duration = "2s"
    #: How long assertions wait for what is on its way, at most. Ours: what was written on this
    #: machine is here within milliseconds, and a handshake that hangs must not hold up a test.
    settle: Duration = "1s"
    #: Close silently where a frame cannot be parsed, instead of answering 128: TN2265 has it so,
    #: the later Binary Provider API has 128.
    silent_parse_errors: bool = False
    #: Status 1 for content mistakes that are otherwise only warnings. Off, since Apple carries them
    #: (node-apn #344).
    strict_payload: bool = False
    #: Read expirations with the high bit set as negative, as documents of 2010 do. Off, since later
    #: ones store whatever is not zero, and Apple's listing B-2 has a uint32.
    signed_expiry: bool = False
    #: Status 2 names identifier 0 instead of the one that was sent: off and on at Apple
    #: (node-apn #149, pushy #149, #150, #152), until the right one was seen again in June 2015
    #: (pushy #178).
    zero_identifier_for_empty_token: bool = False
    #: Tokens that begin with ff ff carry instructions, as java-apns's simulator reads them.
    scripted_tokens: bool = False
    #: "Cleared after you read it" (Binary Provider API), without an acknowledgement: what a
    #: reader has that leaves half-way, nobody knows. Written is all that a service can see.
    feedback_clears: Literal["when-written", "when-closed", "never"] = "when-written"
    #: Ours, as all limits: Apple's are not known, and a test should end.
    handshake_timeout: Duration = "10s"
    #: Apple allows several in parallel and gives no number (TN2265).
    max_connections: Positive = 10_000
    #: The longest length in bytes that a frame may announce. The longest that makes sense is 4,220,
    #: with a payload of 4,096; what is over this is a length that was never meant as one.
    max_frame: Positive = 65_535
    #: Ledger entries kept in memory; older ones are dropped and counted. None keeps all: a test
    #: wants all of them, a server that runs for days must not (aimock #114: 4 GB in 18 minutes), so
    #: `serve` has a limit of its own. Counted, since a silent limit breaks counting
    #: (schellingboard #888).
    max_entries: Positive | None = None

    # ---- devices ------------------------------------------------------------------------------

    #: How long behind a removal Apple notices, at the next send. At once, so that tests are quick:
    #: Apple's staff calls the delay vague on purpose, and more than a month was seen (forum 670868,
    #: 745902, 780156, 798541, 827088).
    notice_after: Duration = "0s"
    #: Never notice that the last app of its environment is gone from a phone, which has no
    #: connection then (TN2265). Off, since who tests one app would wait for ever.
    feedback_last_app: bool = False
    #: How many silent pushes may wake an app in a sliding time. None is no limit: "two or three per
    #: hour" (Pushing background updates to your App) is no promise, and off under Xcode.
    silent_budget: Allowance | None = None
    #: Keep what has no expiration for 30 days for a phone that is away; false for the stricter
    #: reading, by which it is not kept.
    store_absent_expiration: bool = True

    # ---- the provider API alone ---------------------------------------------------------------

    #: "TLS 1.2 or later" (Sending notification requests to APNs).
    api_tls_minimum: Literal["1.2", "1.3"] = "1.2"
    api_tls_maximum: Literal["1.2", "1.3"] = "1.3"
    #: Bytes, for all push types. None has the table of Apple's page: 4096, of voip 5120; a Live
    #: Activity's was measured at 5120 (dory, 2026).
    api_payload_limit: Positive | None = None
    #: What `apns-push-type` may say; all else is InvalidPushType (dory).
    push_types: PushTypes = tuple(PUSH_TYPES)
    #: BadPriority for a `background` push with priority 10. Apple's page calls that an error and
    #: names no reason; pushes like it are delivered all the same.
    strict_background_priority: bool = False
    #: BadExpirationDate for a broadcast that is to be kept on a channel without storage, as Apple's
    #: page has it. Off, since one project needed just that (May 2026).
    strict_channel_expiration: bool = False
    #: Topics whose apps have not the capability of broadcasting, which is switched on app by app
    #: (Setting up broadcast push notifications).
    without_broadcast: Topics = ()
    #: Channels of one app (Setting up broadcast push notifications).
    max_channels: Positive = 10_000
    #: How far ahead of our clock the `iat` of a token may be. Ours: what Apple allows is not
    #: stated, and clocks that were an hour off led to endless refusals (node-apn #590).
    jwt_skew: Duration = "5m"
    #: Who may have a new token every 20 minutes: Apple's page says a connection; two reports fit a
    #: count by source address (PyAPNs2 #85, forum 770438).
    jwt_scope: Literal["connection", "address"] = "connection"
    #: Answer `BadEnvironmentKeyIdInToken` as Apple's page prints it. Off, since on the wire it is
    #: `BadEnvironmentKeyInToken` (dory, measured both ways; reports of Firebase's users).
    documented_reason_names: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Settings:
        """Settings from Python values. Raises `UsageError` with everything that is wrong."""
        found = cls.mistakes(given)
        if found:
            raise UsageError("\n".join(map(as_usage, found)))
        return cls(**{name: plain(name, value) for name, value in given.items()})

    @classmethod
    def mistakes(cls, given: Mapping[str, Any]) -> list[Problem]:
        """Everything that is wrong with these values, paths seen from the table."""
        known = {field.key: field for field in fields(cls)}
        found = [
            unknown("setting", name, known, (name,), named=True)
            for name in given
            if name not in known
        ]
        written = {name: plain(name, given[name]) for name in known if name in given}
        for name, value in written.items():
            wrong = wrong_value(known[name], value)
            if wrong is not None:
                found.append(wrong)
                written[name] = None
        return found + list(combinations(written))

    def tls_maximum_of(self, service: Service) -> str:
        """The highest version of TLS that a service speaks."""
        return self.api_tls_maximum if service == "api" else self.tls_maximum

    @cached_property
    def error_delay_range(self) -> DurationRange:
        """`error_delay` in seconds."""
        return DurationRange.parse(self.error_delay)

    @cached_property
    def idle_limit_seconds(self) -> float:
        """`idle_limit` in seconds."""
        return parse_duration(self.idle_limit)

    @cached_property
    def close_pause_seconds(self) -> float:
        """`close_pause` in seconds."""
        return parse_duration(self.close_pause)

    @cached_property
    def close_grace_seconds(self) -> float:
        """`close_grace` in seconds."""
        return parse_duration(self.close_grace)

    @cached_property
    def settle_seconds(self) -> float:
        """`settle` in seconds."""
        return parse_duration(self.settle)

    @cached_property
    def handshake_seconds(self) -> float:
        """`handshake_timeout` in seconds."""
        return parse_duration(self.handshake_timeout)

    @cached_property
    def jwt_skew_seconds(self) -> float:
        """`jwt_skew` in seconds."""
        return parse_duration(self.jwt_skew)

    @cached_property
    def notice_seconds(self) -> float:
        """`notice_after` in seconds."""
        return parse_duration(self.notice_after)

    @cached_property
    def budget(self) -> Budget | None:
        """`silent_budget` as numbers."""
        return None if self.silent_budget is None else Budget.parse(self.silent_budget)

    @cached_property
    def sizes(self) -> CountRange:
        """`token_sizes` as numbers."""
        return CountRange.parse(self.token_sizes)
