"""What was found, held against what a scenario expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...scenario import Expect
from .landed import missed

#: What is bounded only where a scenario says so: the expectation, the number, and its name.
_BOUNDS = (
    ("resent_unanswered", "resent_unanswered", "resent_unanswered"),
    ("max_provider_tokens", "provider_tokens", "provider tokens within 20 minutes"),
    ("max_streams_refused", "streams_refused", "streams refused for a limit"),
    ("stale_badges", "stale_badges", "devices with a badge that is not the newest"),
    ("sent_after_gone", "sent_after_gone", "sent to devices or channels known to be gone"),
    ("resent_with_new_id", "resent_with_new_id", "sent again with another apns-id"),
    ("resent_at_once", "resent_at_once", "sent again without a pause"),
)


def within(found: int, allowed: int | None) -> str:
    """A number, and how much of an allowance it takes: `100 of 100 allowed`."""
    return f"{found} of {allowed} allowed" if allowed else str(found)


def shortfalls(expect: Expect, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each expectation that was not met: its name, and a sentence. `found` has the numbers."""
    if not found["received"]:
        # However much may be lost: who sends nothing has proved nothing.
        yield "received", "no notification was read"
    for name in ("lost", "duplicated", "resent_after_refusal"):
        allowed = getattr(expect, name)
        if found[name] > allowed:
            yield name, f"{name} {found[name]}, expected at most {allowed}"
    for name, counted, words in _BOUNDS:
        most = getattr(expect, name)
        if most is not None and found[counted] > most:
            yield name, f"{words} {found[counted]}, expected at most {most}"
    if found["unexpected"]:
        yield "unexpected", f"unexpected {found['unexpected']}: accepted, and nobody meant them"
    # What counts is reconnecting, which Apple takes for an attack when it is quick (TN2265).
    # Several connections side by side it allows, so a pool costs nothing.
    pool = max(found["side_by_side"], 1)
    most = None if expect.max_connections is None else expect.max_connections + pool - 1
    if most is not None and found["connections"] > most:
        beside = f" ({pool} side by side)" if pool > 1 else ""
        text = f"connections {found['connections']}{beside}, expected at most {most}"
        yield "max_connections", text
    least = expect.min_accepted
    if least is not None and found["delivered"] < least:
        yield "min_accepted", f"{found['delivered']} got through, expected at least {least}"
    if expect.feedback_read is not None and found["feedback_read"] != expect.feedback_read:
        text = "feedback was not read" if expect.feedback_read else "feedback was read"
        yield "feedback_read", text
    if expect.live_tokens_kept and found["pruned"]:
        text = f"{found['pruned']} never came to live tokens that were struck off, expected none"
        yield "live_tokens_kept", text
    if expect.sent_as_listed and found["altered"]:
        yield "sent_as_listed", f"sent {found['altered']} otherwise than listed, expected none"
    if expect.fates is not None:
        told = [text for _, text in missed(expect.fates, found["fates"])]
        if told:
            yield "fates", "; ".join(told)
    after = expect.sent_after_feedback
    if after is not None and found["sent_after_feedback"] > after:
        text = f"sent {found['sent_after_feedback']} to tokens that feedback had listed"
        yield "sent_after_feedback", f"{text}, expected at most {after}"
