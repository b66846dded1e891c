"""Why a push is refused, with what a person needs to mend it."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.push import Push
from fakeapns.push.rules import Rules
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.settings import Settings

from ..frames import PAYLOAD, TOKEN, TOPIC


def reason(
    *, known: dict[str, Any] | None = None, given: dict[str, Any] | None = None, **push: Any
) -> str:
    """What is said of a push that is refused."""
    devices = Devices(lambda: 0.0)
    if known is not None:
        devices.add(known.pop("topic", TOPIC), TOKEN, **known)
    judge = Judge(Settings.of(given or {}), devices, Triggers())
    facts = {"token_bytes": TOKEN, "payload_bytes": PAYLOAD, "topic": TOPIC, **push}
    verdict = judge.judge(
        Push(connection=1, ordinal=1, **facts), Rules.of("gateway", judge.settings), 1, 0.0
    )
    assert verdict.refusal is not None
    return str(verdict.reason)


REGISTERED = {"tokens": "registered"}
OTHER = bytes(31) + b"\x01"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"given": REGISTERED, "token_bytes": OTHER}, "no device has this token"),
        (
            {"given": REGISTERED, "token_bytes": TOKEN.hex().encode()},
            "no device has this token, and with tokens = registered only theirs are taken; the "
            "token's bytes are the text '000102030405060708090a0b0c0d0e0f1011121…': decode the hex",
        ),
        (
            {"known": {"topic": "com.example.other"}},
            "the token is that of com.example.other, and the certificate is for com.example.app",
        ),
        (
            {"known": {"environment": "sandbox"}},
            "the token is of sandbox, and this server is production",
        ),
        (
            {"known": {"state": "uninstalled"}, "given": {"uninstalled": "reject"}},
            "the app was removed from the device, and with uninstalled = reject that counts",
        ),
        ({"token_bytes": b""}, "there is no token"),
        (
            {"token_bytes": bytes(8192)},
            "the token has 8,192 bytes, and token_sizes is 1..100",
        ),
        ({"payload_bytes": b""}, "there is no payload"),
        ({"payload_bytes": b" " * 5000}, "the payload has 5,000 bytes, and payload_limit is 2,048"),
        (
            {"payload_bytes": b"{}", "given": {"strict_payload": True}},
            "strict_payload refuses what is warned of: payload has no aps",
        ),
        ({"topic": None}, "the certificate names no topic"),
        ({"topic": "x" * 300}, "the topic has 300 bytes, and 255 are the most"),
    ],
)
def test_a_refusal_says_why(facts: dict[str, Any], words: str) -> None:
    assert reason(**facts).startswith(words)
