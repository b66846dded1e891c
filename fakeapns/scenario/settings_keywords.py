"""The settings as keyword arguments, for type checkers."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypedDict

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
    close_pause: str
    close_grace: str
    settle: str
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
    notice_after: str
    feedback_last_app: bool
    silent_budget: str | None
    store_absent_expiration: bool
    api_tls_minimum: Literal["1.2", "1.3"]
    api_tls_maximum: Literal["1.2", "1.3"]
    api_payload_limit: int | None
    push_types: list[str] | tuple[str, ...]
    strict_background_priority: bool
    strict_channel_expiration: bool
    without_broadcast: list[str] | tuple[str, ...]
    max_channels: int
    jwt_skew: str
    jwt_scope: Literal["connection", "address"]
    documented_reason_names: bool
