"""What single headers may say, up to the last value that is taken."""

from __future__ import annotations

import pytest

from .dialogue import HELLO, NOBODY, TOKEN, Dialogue, signed

UUID = "0f0f0f0f-0000-4000-8000-00000000000a"


@pytest.mark.parametrize(
    ("header", "reason", "good", "bad"),
    [
        (
            "apns-collapse-id",
            "BadCollapseId",
            ("", "x", "x" * 64, "\xe9" * 32, "with blanks"),
            ("x" * 65, "\xe9" * 33),
        ),
        (
            "apns-expiration",
            "BadExpirationDate",
            ("0", "1", "1700000000", "007"),
            ("", "-1", "1.5", "1e9", "0x10", "1 0", "9" * 19, "\u0661"),
        ),
        ("apns-priority", "BadPriority", ("1", "5", "10"), ("", "0", "2", "05", "10.0", "high")),
        (
            "apns-id",
            "BadMessageId",
            (UUID, UUID.upper()),
            ("", "7", UUID.replace("-", ""), f"{UUID}0", UUID[:-1], UUID.replace("a", "g")),
        ),
        ("apns-push-type", "InvalidPushType", ("alert", "mdm"), ("", "Alert", "alrt", "voip2")),
        (
            "apns-topic",
            "BadTopic",
            ("a", "com.example.app", "com.example.my-app_2.voip", "A" * 255),
            ("com example", "com/example", "com.example.\xe9", "A" * 256),
        ),
    ],
)
def test_a_header_is_good_up_to_here_and_bad_from_there(
    header: str, reason: str, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    for value in (*good, *bad):
        talk = Dialogue(provider=NOBODY)
        how: dict[str, str | None] = {header.replace("-", "_"): value}
        assert (value, talk.push(TOKEN, HELLO, signed=signed(), **how).reason) == (
            value,
            None if value in good else reason,
        )
