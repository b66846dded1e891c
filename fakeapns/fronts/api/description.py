"""What describes a channel: the body of the request that makes it.

Of what Apple makes of a wrong one its page has two reasons: `BadRequestPayload` for "unparseable",
and `BadRequestParams` for "an unrecognizable attribute", which here is any that is missing or has
another value than it may have. The one client that has a name for a bad policy
(`MissingChannelQueueSize`, hapns) is alone with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ...push import Flaw, Refusal, StoragePolicy, parse_payload, repeated_keys
from ...text import shown
from .rules import BROADCAST_LIMIT

PUSH_TYPE = "LiveActivity"
_POLICY, _TYPE = "message-storage-policy", "push-type"
_RIGHT = f'{{"{_POLICY}": 0, "{_TYPE}": "{PUSH_TYPE}"}}'
#: What policies are written as. As text the README of @parse/node-apn has them.
_POLICIES: Mapping[str | int, StoragePolicy] = {0: 0, 1: 1, "0": 0, "1": 1}
#: The other spelling is what @parse/node-apn 8 writes by itself, so somebody has seen it work.
_TYPES = (PUSH_TYPE, "liveactivity")


class Description(msgspec.Struct, frozen=True):
    """What is wanted, if there are no `flaws`; and in words what is taken though it is odd."""

    policy: StoragePolicy = 0
    flaws: tuple[Flaw, ...] = ()
    odd: str | None = None


def read_description(body: bytes) -> Description:
    """What this body says of a channel."""
    if not body:
        return _wrong(Refusal.MISSING_PAYLOAD, f"there is no body: write {_RIGHT}")
    if len(body) > BROADCAST_LIMIT:
        # Of pushes, that is; for this no other number is known.
        why = f"the body has {len(body):,} bytes, and may have {BROADCAST_LIMIT:,}"
        return _wrong(Refusal.PAYLOAD_TOO_LARGE, why)
    try:
        content = parse_payload(body)
    except ValueError as wrong:
        return _wrong(Refusal.DESCRIPTION_UNREADABLE, f"the body {wrong}")
    if not isinstance(content, dict):
        return _wrong(Refusal.DESCRIPTION_UNREADABLE, f"the body is no object: write {_RIGHT}")
    flaws = (*_of_keys(body, content), *_of_policy(content), *_of_type(content))
    if flaws:
        return Description(flaws=flaws)
    return Description(_POLICIES[content[_POLICY]], odd="; ".join(_odd(content)) or None)


def written(policy: StoragePolicy) -> bytes:
    """The description of a channel that is there, as the answer to who asks for it."""
    return msgspec.json.encode({_POLICY: policy, _TYPE: PUSH_TYPE})


def _wrong(refusal: Refusal, why: str) -> Description:
    return Description(flaws=(Flaw(refusal, why),))


def _of_keys(body: bytes, content: dict[str, Any]) -> Iterator[Flaw]:
    for path in repeated_keys(body):
        yield Flaw(Refusal.DESCRIPTION_WRONG, f"the body has {path} more than once")
    for key in content:
        if key not in (_POLICY, _TYPE):
            why = f"the body has {shown(key)}, and a channel has {_POLICY} and {_TYPE} alone"
            yield Flaw(Refusal.DESCRIPTION_WRONG, why)


def _of_policy(content: dict[str, Any]) -> Iterator[Flaw]:
    if _POLICY not in content:
        yield Flaw(Refusal.DESCRIPTION_WRONG, f"the body has no {_POLICY}: write {_RIGHT}")
    # What is equal to 1 in Python and no whole number is wrong: true, and 1.0.
    elif type(content[_POLICY]) not in (int, str) or content[_POLICY] not in _POLICIES:
        why = f"{_POLICY} is {shown(content[_POLICY])}, and may be 0 or 1"
        yield Flaw(Refusal.DESCRIPTION_WRONG, why)


def _of_type(content: dict[str, Any]) -> Iterator[Flaw]:
    if _TYPE not in content:
        yield Flaw(Refusal.MISSING_PUSH_TYPE, f"the body has no {_TYPE}: write {_RIGHT}")
    elif content[_TYPE] not in _TYPES:
        why = f"{_TYPE} is {shown(content[_TYPE])}, and that of a channel is {PUSH_TYPE}"
        yield Flaw(Refusal.PUSH_TYPE, why)


def _odd(content: dict[str, Any]) -> Iterator[str]:
    if isinstance(content[_POLICY], str):
        yield f"{_POLICY} is text, and Apple's page has the number: write it without quotes"
    if content[_TYPE] != PUSH_TYPE:
        yield f"{_TYPE} is {content[_TYPE]}, and Apple's page has {PUSH_TYPE}"
