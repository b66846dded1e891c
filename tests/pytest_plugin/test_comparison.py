"""What pytest says where two notifications should have been equal."""

from __future__ import annotations

import msgspec
import pytest

from fakeapns import Notification
from fakeapns.pytest_plugin.comparison import compare

from ..ledger.pushes import push

ONE = Notification(
    seq=3,
    t=0.5,
    wall=1_700_000_000.5,
    connection=1,
    ordinal=1,
    command=2,
    identifier=7,
    token_bytes=b"\x1b" * 32,
    topic="com.example.app",
    payload_bytes=b'{"aps":{"alert":"Hello","badge":3}}',
    expiration=0,
    priority=10,
    outcome="accepted",
)


def told(**changes: object) -> list[str]:
    """What is said of a notification with these changes, but for the two themselves."""
    lines = compare(ONE, msgspec.structs.replace(ONE, **changes))
    assert lines is not None
    assert lines[0] == "notifications that differ:"
    return lines[3:]


def test_each_field_is_a_line_and_moments_come_last() -> None:
    lines = told(seq=9, t=1.5, wall=1_700_000_001.5, identifier=8, outcome="rejected")
    assert lines == [
        "identifier: 7 != 8",
        "outcome: 'accepted' != 'rejected'",
        "seq: 3 != 9",
        "t: 0.5 != 1.5",
        "wall: 1700000000.5 != 1700000001.5",
        "the same: connection, ordinal, command, token_bytes, topic, payload_bytes, expiration, "
        "priority, status, behind, cause, warnings, reason",
    ]


def test_payloads_differ_by_key() -> None:
    lines = told(payload_bytes=b'{"aps":{"alert":"Bye","sound":"ping"}}')
    assert lines[:3] == [
        "payload.aps.alert: 'Hello' != 'Bye'",
        "payload.aps.badge: 3 != (absent)",
        "payload.aps.sound: (absent) != 'ping'",
    ]


@pytest.mark.parametrize(
    ("payload", "line"),
    [
        (b'{"aps": {"badge": 3, "alert": "Hello"}}', "the same JSON, written in another way"),
        (b"{", 'payload_bytes: b\'{"aps":{"alert":"Hello","badge":3}}\' != b\'{\''),
        (b"[1]", "payload: {'aps': {'alert': 'Hello', 'badge': 3}} != [1]"),
    ],
)
def test_payloads_that_have_no_keys_to_compare(payload: bytes, line: str) -> None:
    assert told(payload_bytes=payload)[0].endswith(line)


def test_tokens_are_written_as_people_store_them() -> None:
    assert told(token_bytes=b"\x1c" * 32)[0] == f"token: {'1b' * 32} != {'1c' * 32}"


def test_a_long_value_is_cut() -> None:
    assert len(told(payload_bytes=b'{"aps":{"alert":"' + b"x" * 2000 + b'"}}')[0]) < 200


@pytest.mark.parametrize("other", [7, None, {"token": "1b"}, [ONE]])
def test_other_things_are_left_to_pytest(other: object) -> None:
    assert compare(ONE, other) is None
    assert compare(other, ONE) is None


def test_pytest_shows_it(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from sending import send

        def test_equal(apns):
            [one] = send(apns, b"\\x1b" * 32)
            [other] = send(apns, b"\\x1c" * 32)
            assert one == other
        """
    )
    result = project.runpytest_inprocess()
    result.stdout.fnmatch_lines(
        ["E *notifications that differ:", f"E *token: {'1b' * 32} != {'1c' * 32}", "E *seq: *"]
    )


def test_pushes_over_the_api_differ_by_their_headers_too() -> None:
    one = push(push_type="alert", collapse_id="a")
    lines = compare(one, push(push_type="voip", collapse_id="a", reason="BadTopic", detail="why"))
    assert lines is not None
    assert lines[3:-1] == [
        "outcome: 'accepted' != 'rejected'",
        "status: None != 'BadTopic'",
        "reason: None != 'BadTopic'",
        "push_type: 'alert' != 'voip'",
        "http_status: 200 != 400",
        "violations: () != ('BadTopic',)",
        "detail: None != 'why'",
    ]
    assert "collapse_id" in lines[-1]


def test_a_push_over_the_api_is_none_of_the_gateway() -> None:
    lines = compare(ONE, push(token_bytes=b"", token_text="no-hex"))
    assert lines is not None
    assert "service: 'gateway' != 'api'" in lines
    assert f"token: {'1b' * 32} != no-hex" in lines


def test_a_broadcast_has_a_channel_and_no_token() -> None:
    lines = compare(push(), push(token_bytes=b"", channel="dHN0"))
    assert lines is not None
    assert lines[3:5] == [f"token: {push().token} != (none)", "channel: None != 'dHN0'"]
