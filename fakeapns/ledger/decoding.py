"""Lines of a ledger file made into the entries that they were."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any

import msgspec

from ..scenario.faults import Service
from . import api_entries, deliveries, entries
from .api_entries import Answering, ApiNotification, ApiResponse, Envelope
from .entries import Entry, Notification, Outcome

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*")


class _Line(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What every line of a notification has; msgspec makes bytes of base64."""

    seq: int
    t: float
    at: datetime
    connection: Annotated[int, msgspec.Meta(ge=0, le=2**31)]
    service: Service = "gateway"
    ordinal: int
    command: int | None
    identifier: int | None
    token: str | None
    topic: str | None
    payload_base64: bytes
    expiration: int | None
    priority: int | None
    outcome: Outcome
    status: str | None
    behind: int | None
    cause: int | None
    warnings: tuple[str, ...]
    reason: str | None = None

    def facts(self) -> dict[str, Any]:
        """What any entry has of it."""
        text = self.token or ""
        return {
            "seq": self.seq,
            "t": self.t,
            "wall": self.at.timestamp(),
            "connection": self.connection,
            "ordinal": self.ordinal,
            "command": self.command,
            "identifier": self.identifier,
            "token_bytes": bytes.fromhex(text) if _HEX.fullmatch(text) else b"",
            "topic": self.topic,
            "payload_bytes": self.payload_base64,
            "expiration": self.expiration,
            "priority": self.priority,
            "outcome": self.outcome,
            "status": self.status,
            "behind": self.behind,
            "cause": self.cause,
            "warnings": self.warnings,
            "reason": self.reason,
        }


class _ApiLine(_Line, frozen=True, gc=False, kw_only=True):
    """What a line of the provider API has besides."""

    stream: int
    apns_id: str | None = None
    http_status: int | None = None
    answered: bool | None = None
    violations: tuple[str, ...] = ()
    detail: str | None = None
    push_type: str | None = None
    collapse_id: str | None = None
    channel: str | None = None
    key_id: str | None = None
    team_id: str | None = None
    provider_token: str | None = None
    headers: dict[str, str | tuple[str, ...]] = {}

    def envelope(self) -> Envelope:
        """What it may share with others."""
        return Envelope(**{name: getattr(self, name) for name in Envelope.__struct_fields__})


_GATEWAY = msgspec.json.Decoder(_Line)
_API = msgspec.json.Decoder(_ApiLine)
_KINDS: dict[str, list[type[Entry]]] = {}
for _kind in (*vars(entries).values(), *vars(api_entries).values(), deliveries.Delivery):
    if isinstance(_kind, type) and issubclass(_kind, Entry) and _kind is not Entry:
        _alike = _KINDS.setdefault(str(_kind.__struct_config__.tag), [])
        if _kind not in _alike:
            _alike.append(_kind)


class Decoder:
    """Makes entries of lines, one after the other: an answer is told to what it is for.

    Errors are those of msgspec and of the values in a line: `ValueError` and its kind.
    """

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, int], Answering] = {}

    def entry(self, line: bytes) -> Entry:
        """The entry of which this is the line."""
        # Nearly all lines are of this kind, and begin like that.
        if not line.startswith(b'{"kind":"notification"'):
            return self._other(line)
        if b'"service":"api"' in line:
            return self._of_the_api(_API.decode(line))
        return Notification(**_GATEWAY.decode(line).facts())

    def _of_the_api(self, line: _ApiLine) -> ApiNotification:
        facts = line.facts()
        answering: Answering | bool = Answering() if line.answered is None else line.answered
        if isinstance(answering, Answering):
            self._waiting[line.connection, line.stream] = answering
        return ApiNotification(
            **facts,
            stream=line.stream,
            apns_id=line.apns_id,
            http_status=line.http_status,
            envelope=line.envelope(),
            answering=answering,
            violations=line.violations,
            token_text=line.token if line.token and not facts["token_bytes"] else None,
            detail=line.detail,
        )

    def _other(self, line: bytes) -> Entry:
        found = msgspec.json.decode(line)
        kind = _kind_of(found) if isinstance(found, dict) else None
        if kind is None:
            raise ValueError("its kind is unknown")
        found["wall"] = datetime.fromisoformat(found.get("at", "")).timestamp()
        # The structs' own tag is under another name, and unknown keys may come later.
        del found["kind"]
        entry = msgspec.convert({**found, "type": kind.__struct_config__.tag}, kind, str_keys=True)
        if isinstance(entry, ApiResponse):
            answering = self._waiting.pop((entry.connection, entry.stream), None)
            if answering is not None:
                answering.answered = True
        return entry


def _kind_of(found: Mapping[str, Any]) -> type[Entry] | None:
    """The kind that a line is of: of two of one name the one with more keys, if all are there."""
    alike = _KINDS.get(found.get("kind", ""), [])
    fitting = [each for each in alike if _required(each) <= found.keys()]
    return max(fitting or alike, key=lambda each: len(each.__struct_fields__), default=None)


@cache
def _required(kind: type[Entry]) -> set[str]:
    fields = msgspec.structs.fields(kind)
    return {field.name for field in fields if field.required and field.name != "wall"}
