"""The test with aioapns of the page on clients, and a wrong sender: what failed explains itself."""

from __future__ import annotations

import pytest

from ..pages.reading import blocks

[BLOCK] = [each for each in blocks("python", "docs/clients.md") if "def announce" in each.text]
INI = "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            'token, {"aps": {"alert": "Shipped"}}',
            'token, {"aps": {"alert": "Sent"}}',
            [
                "*expected exactly 1 accepted token=* payload=*Shipped*, found 0",
                "*nearest, number 1: accepted connection 1 stream 1 *",
                "*payload.aps.alert: expected 'Shipped', is 'Sent'",
            ],
        ),
        (
            'topic="com.example.app", **who',
            'topic="com.example.shop", **who',
            [
                "*nearest, number 1: rejected (400 DeviceTokenNotForTopic) connection 1 stream 1 *",
                "*apns-topic com.example.shop*",
                "*its answer: 400 DeviceTokenNotForTopic*",
            ],
        ),
    ],
    ids=["other text", "other topic"],
)
def test_what_a_sender_does_wrong_is_named(
    right: str, wrong: str, said: list[str], pytester: pytest.Pytester
) -> None:
    assert BLOCK.text.count(right) == 1
    text = BLOCK.text.replace(right, wrong).replace("**who)", "max_connection_attempts=1, **who)")
    pytester.makeini(INI)
    pytester.makepyfile(text)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(said)
