"""The one table of settings: arguments of `FakeAPNs`, `[gateway]` keys and `--set` alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypedDict, get_args, get_type_hints

import msgspec

from .errors import UsageError, unknown_name
from .units import CountRange, DurationRange, parse_duration

TLSVersion = Literal["1.0", "1.1", "1.2", "1.3"]


class SettingsKeywords(TypedDict, total=False):
    """The keyword arguments that `FakeAPNs` hands on to `Settings.of`."""

    tokens: Literal["any", "registered"]
    token_sizes: str | int
    payload_limit: int
    uninstalled: Literal["accept", "reject"]
    topic: str | None
    client_certificate: Literal["required", "optional"]
    client_ca: str | Path | list[str] | tuple[str, ...]
    environment: Literal["production", "sandbox"]
    tls_minimum: TLSVersion
    tls_maximum: TLSVersion
    error_delay: str
    idle_limit: str
    silent_parse_errors: bool
    strict_payload: bool
    signed_expiry: bool
    zero_identifier_for_empty_token: bool
    scripted_tokens: bool
    feedback_clears: Literal["when-written", "when-closed", "never"]
    handshake_timeout: str
    max_connections: int
    max_frame: int
    max_entries: int | None


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """How the server behaves, apart from faults. Durations are text with a unit.

    Defaults are those of the real service where they are known (see the README's fidelity
    list). Build one with `of`, which checks everything and explains what is wrong.
    """

    #: `any` takes every well-formed token, `registered` only those of known devices.
    tokens: Literal["any", "registered"] = "any"
    #: Allowed token lengths in bytes; `32` is the rule of before 2016.
    token_sizes: str = "1..100"
    #: Bytes; 256 until 2014, 4096 for VoIP.
    payload_limit: int = 2048
    #: What a send to a device without the app gets: nothing, or status 8.
    uninstalled: Literal["accept", "reject"] = "accept"
    #: Used where a client certificate gives none.
    topic: str | None = None
    client_certificate: Literal["required", "optional"] = "required"
    #: Further PEM files whose CAs or certificates are trusted.
    client_ca: tuple[str, ...] = ()
    environment: Literal["production", "sandbox"] = "production"
    tls_minimum: TLSVersion = "1.2"
    tls_maximum: TLSVersion = "1.2"
    #: Before any error; a range such as `75ms..500ms` needs a seed.
    error_delay: str = "0ms"
    #: Ends a delay that counts notifications when none come any more.
    idle_limit: str = "2s"
    #: Close silently where a frame cannot be parsed, instead of answering 128.
    silent_parse_errors: bool = False
    #: Status 1 for content mistakes that are otherwise only warnings.
    strict_payload: bool = False
    #: Read expirations with the high bit set as negative, as documents of 2010 do.
    signed_expiry: bool = False
    #: Status 2 names identifier 0 instead of the one that was sent.
    zero_identifier_for_empty_token: bool = False
    #: Tokens that begin with ff ff carry instructions, as java-apns's simulator reads them.
    scripted_tokens: bool = False
    feedback_clears: Literal["when-written", "when-closed", "never"] = "when-written"
    handshake_timeout: str = "10s"
    max_connections: int = 10_000
    #: The longest length in bytes that a frame may announce.
    max_frame: int = 65_535
    #: Ledger entries kept in memory; older ones are dropped and counted. None keeps all.
    max_entries: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Settings:
        """Settings from Python values, TOML values or text. Raises `UsageError`."""
        for name in given:
            if name not in cls.__struct_fields__:
                raise UsageError(unknown_name("setting", name, cls.__struct_fields__))
        try:
            settings = msgspec.convert(
                {name: _plain(name, value) for name, value in given.items()}, cls, strict=False
            )
        except msgspec.ValidationError as wrong:
            raise UsageError(_explain(wrong, given)) from None
        settings._check()
        return settings

    def _check(self) -> None:
        for name in ("payload_limit", "max_connections", "max_frame", "max_entries"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise UsageError(f"setting {name} is {number}: it has to be at least 1")
        if self.tls_maximum < self.tls_minimum:
            raise UsageError(
                f"setting tls_minimum is {self.tls_minimum} and tls_maximum {self.tls_maximum}: "
                "raise the maximum too"
            )
        for name in ("error_delay_range", "idle_limit_seconds", "handshake_seconds", "sizes"):
            try:
                getattr(self, name)
            except UsageError as wrong:
                raise UsageError(f"setting {_SOURCE[name]}: {wrong}") from None

    @cached_property
    def error_delay_range(self) -> DurationRange:
        """`error_delay` in seconds."""
        return DurationRange.parse(self.error_delay)

    @cached_property
    def idle_limit_seconds(self) -> float:
        """`idle_limit` in seconds."""
        return parse_duration(self.idle_limit)

    @cached_property
    def handshake_seconds(self) -> float:
        """`handshake_timeout` in seconds."""
        return parse_duration(self.handshake_timeout)

    @cached_property
    def sizes(self) -> CountRange:
        """`token_sizes` as numbers."""
        return CountRange.parse(self.token_sizes)


_SOURCE = {
    "error_delay_range": "error_delay",
    "idle_limit_seconds": "idle_limit",
    "handshake_seconds": "handshake_timeout",
    "sizes": "token_sizes",
}


def parse_assignments(assignments: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """`KEY=VALUE` texts as a mapping for `Settings.of`. Raises `UsageError`."""
    given: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(
                f"{assignment!r} sets nothing: write KEY=VALUE, as in payload_limit=256"
            )
        name = name.strip()
        if name == "client_ca":
            given[name] = [*given.get(name, []), value]
        else:
            given[name] = value
    return given


def _plain(name: str, value: Any) -> Any:
    if name == "client_ca" and isinstance(value, str | Path):
        return [str(value)]
    if name == "client_ca" and isinstance(value, list | tuple):
        return [str(each) for each in value]
    if name in ("tls_minimum", "tls_maximum", "token_sizes") and isinstance(value, int | float):
        return str(value)
    return value


def _explain(wrong: msgspec.ValidationError, given: Mapping[str, Any]) -> str:
    """What is wrong in our words: msgspec's name the place as `$.tokens`."""
    name = str(wrong).rpartition("$.")[2].strip("`").partition("[")[0]
    allowed = get_args(get_type_hints(Settings)[name])
    if allowed and all(isinstance(each, str) for each in allowed):
        return unknown_name(f"setting {name}: value", str(given[name]), allowed)
    reason = str(wrong).partition(" - at ")[0]
    return f"setting {name} cannot be {given[name]!r}: {reason.lower()}"
