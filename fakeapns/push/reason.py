"""Why a push was refused, in words and with the facts: a status alone says too little.

Of all questions that people asked, "why is the token invalid" was the commonest (node-apn #483,
dotAPNS #84, Knuff #76, sygnal #158), and Apple has one status for all its answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .devices import Registration
from .push import Push
from .refusal import Refusal
from .rules import MAX_TOPIC, Rules
from .text_tokens import token_text


def reason_for(
    refusal: Refusal,
    push: Push,
    rules: Rules,
    known: Mapping[str, Registration],
    warnings: Sequence[str],
) -> str:
    """Why, of a push that `rules` refused. The rest is what `Rules.violations` was told."""
    for flaw in push.flaws:
        if flaw.refusal is refusal:
            return flaw.why
    device = known.get(push.topic or "")
    match refusal:
        case Refusal.MISSING_TOPIC:
            return "the certificate names no topic, and the setting topic has none"
        case Refusal.TOPIC_TOO_LONG:
            size = len((push.topic or "").encode())
            return f"the topic has {size} bytes, and {MAX_TOPIC} are the most"
        case Refusal.MISSING_TOKEN:
            return "there is no token, or it is empty"
        case Refusal.TOKEN_SIZE:
            sizes, size = rules.token_sizes, len(push.token_bytes)
            allowed = f"token_sizes is {sizes.low}..{'' if sizes.high is None else sizes.high}"
            return f"the token has {size:,} bytes, and {allowed}{_as_text(push)}"
        case Refusal.MISSING_PAYLOAD:
            return "there is no payload, or it is empty"
        case Refusal.PAYLOAD_TOO_LARGE:
            return f"the payload has {len(push.payload_bytes):,} bytes, and {rules.limit(push)}"
        case Refusal.CONTENT:
            return f"strict_payload refuses what is warned of: {warnings[0]}"
        case Refusal.TOKEN_UNKNOWN:
            return (
                "no device has this token, and with tokens = registered only theirs are taken"
                f"{_as_text(push)}"
            )
        case Refusal.TOKEN_OF_OTHER_TOPIC:
            others = " and ".join(sorted(known))
            meant = "the certificate is" if push.service == "gateway" else "apns-topic is"
            return f"the token is that of {others}, and {meant} for {push.topic}"
        case Refusal.TOKEN_OF_OTHER_ENVIRONMENT:
            theirs = (device or next(iter(known.values()))).environment
            return f"the token is of {theirs}, and this server is {rules.environment}"
        case Refusal.UNINSTALLED | Refusal.TOKEN_EXPIRED:
            gone = "" if device is None else device.why_gone
            return (
                gone
                if push.service == "api"
                else f"{gone}, and with uninstalled = reject that counts"
            )
    raise AssertionError(f"{refusal} is for a front to explain: give a flaw with its words")


def _as_text(push: Push) -> str:
    said = token_text(push.token_bytes)
    return "" if said is None else f"; {said}"
