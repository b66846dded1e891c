"""What a device would ignore or misread in a payload, as warnings in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeapns.push.content import content_warnings

#: Keys and types as Apple's documents list them.
APS = {
    "alert": "a string or an object",
    "badge": "a number",
    "sound": "a string or an object",
    "thread-id": "a string",
    "category": "a string",
    "content-available": "a number",
    "mutable-content": "a number",
    "target-content-id": "a string",
    "interruption-level": "a string",
    "relevance-score": "a number",
    "filter-criteria": "a string",
    "url-args": "an array",
    "timestamp": "a number",
    "event": "a string",
    "content-state": "an object",
    "stale-date": "a number",
    "dismissal-date": "a number",
    "attributes-type": "a string",
    "attributes": "an object",
    "input-push-channel": "a string",
    "input-push-token": "a number",
}
ALERT = {
    "title": "a string",
    "subtitle": "a string",
    "body": "a string",
    "launch-image": "a string",
    "title-loc-key": "a string",
    "title-loc-args": "an array",
    "subtitle-loc-key": "a string",
    "subtitle-loc-args": "an array",
    "loc-key": "a string",
    "loc-args": "an array",
    "action-loc-key": "a string",
    "action": "a string",
}
VALUES: dict[str, list[Any]] = {
    "a string": ["text", ""],
    "a number": [1, 2.5],
    "an array": [[], ["a"]],
    "an object": [{}, {"any": 1}],
}


def warnings(content: Any, priority: int | None = 5) -> tuple[str, ...]:
    """The warnings for a payload given as Python objects."""
    return content_warnings(json.dumps(content).encode(), priority)


@pytest.mark.parametrize(("key", "kind"), APS.items())
def test_a_key_of_aps_has_its_type(key: str, kind: str) -> None:
    for name, values in VALUES.items():
        expected = () if name in kind else (f"aps.{key} is not {kind}",)
        assert [warnings({"aps": {key: value}}) for value in values] == [expected] * len(values)


@pytest.mark.parametrize(("key", "kind"), ALERT.items())
def test_a_key_of_alert_has_its_type(key: str, kind: str) -> None:
    for name, values in VALUES.items():
        expected = () if name in kind else (f"aps.alert.{key} is not {kind}",)
        found = [warnings({"aps": {"alert": {key: value}}}) for value in values]
        assert found == [expected] * len(values)


@pytest.mark.parametrize("key", ["badge", "content-available", "alert"])
@pytest.mark.parametrize("value", [True, False, None])
def test_true_false_and_null_are_no_type_of_apples(key: str, value: bool | None) -> None:
    assert f"aps.{key} is not {APS[key]}" in warnings({"aps": {key: value}})


def test_only_the_action_button_may_be_hidden_with_null() -> None:
    assert warnings({"aps": {"alert": {"action-loc-key": None}}}) == ()
    assert warnings({"aps": {"alert": {"loc-key": None}}}) == ("aps.alert.loc-key is not a string",)


@pytest.mark.parametrize(
    "content",
    [
        {"aps": {}},
        {"aps": {"alert": "Hi", "badge": 0, "sound": "default"}, "own": [1]},
        {"aps": {"own-key-inside": 1}},
        {"mdm": "magic"},
    ],
    ids=["wallet", "ordinary", "own-key-in-aps", "device-management"],
)
def test_a_sound_payload_has_no_warning(content: Any) -> None:
    assert warnings(content, 10) == ()


@pytest.mark.parametrize(
    ("payload", "warning"),
    [
        (b"hello", "payload is not JSON: invalid character"),
        (b'{"aps":{}}\x00', "payload is not JSON: trailing characters"),
        (b"\xff\xfe", "payload is not JSON: not UTF-8 at byte 0"),
        (b"[" * 600, "payload is nested deeper than 512 levels, where Apple's reader gives up"),
        (b'{"aps":{},"a":-1e999}', "payload has a number too large for any float"),
        (b'{"aps":{},"a":%s}' % (b"1" * 5000), "payload has a number of too many digits"),
        (rb'{"aps":{"alert":"\ud83d"}}', r"payload has half of a surrogate pair, \ud83d at byte"),
        (b"[]", "payload is not an object: nothing is shown"),
        (b"null", "payload is not an object: nothing is shown"),
        (b"{}", "payload has no aps: nothing is shown"),
        (b'{"alert":"Hi"}', "payload has no aps: nothing is shown"),
        (b'{"aps":"Hi"}', "aps is not an object: nothing is shown"),
        (b'{"aps":null}', "aps is not an object: nothing is shown"),
        (b'{"aps":{"badge":-1}}', "aps.badge is negative: devices clear the badge"),
        (b'{"aps":{"badge":"1"}}', "aps.badge is not a number"),
    ],
    ids=lambda value: repr(value[:14]) if isinstance(value, bytes) else "",
)
def test_a_mistake_is_named(payload: bytes, warning: str) -> None:
    [found] = content_warnings(payload, 10)
    assert found.startswith(warning)


def test_an_empty_payload_is_refused_elsewhere_and_needs_no_warning() -> None:
    assert content_warnings(b"", None) == ()


@pytest.mark.parametrize(
    ("priority", "aps", "warned"),
    [
        (10, {"content-available": 1}, True),
        (None, {"content-available": 1}, True),
        (5, {"content-available": 1}, False),
        (10, {"content-available": 1, "alert": "Hi"}, False),
        (10, {"content-available": 1, "badge": 0}, False),
        (10, {"content-available": 1, "sound": "default"}, False),
        (10, {}, False),
    ],
)
def test_a_silent_payload_must_not_be_urgent(
    priority: int | None, aps: dict[str, Any], warned: bool
) -> None:
    found = warnings({"aps": aps}, priority)
    assert any("priority is 10 for a silent payload" in each for each in found) is warned


def test_content_available_of_0_is_not_what_it_seems() -> None:
    [warning] = warnings({"aps": {"content-available": 0, "alert": "Hi"}})
    assert "old systems read it as 1" in warning


def test_all_mistakes_are_named_at_once() -> None:
    assert len(warnings({"aps": {"badge": "1", "sound": 3, "alert": {"body": 1}}})) == 3


def test_a_key_that_is_there_twice_is_named() -> None:
    [warning] = content_warnings(b'{"aps":{"alert":"a","alert":"b"}}', 5)
    assert warning.startswith("payload has the key aps.alert more than once")


@pytest.mark.parametrize(
    ("aps", "written", "meant"),
    [
        ({"content_available": 1}, "aps.content_available", "content-available"),
        ({"contentAvailable": 1}, "aps.contentAvailable", "content-available"),
        ({"Alert": "Hi"}, "aps.Alert", "alert"),
        ({"badges": 1}, "aps.badges", "badge"),
        ({"catagory": "a"}, "aps.catagory", "category"),
        ({"mutable_content": 1}, "aps.mutable_content", "mutable-content"),
        ({"threadId": "a"}, "aps.threadId", "thread-id"),
        ({"alert": {"Title": "Hi"}}, "aps.alert.Title", "title"),
        ({"alert": {"tilte": "Hi"}}, "aps.alert.tilte", "title"),
        ({"alert": {"loc_key": "Hi"}}, "aps.alert.loc_key", "loc-key"),
    ],
)
def test_a_misspelt_key_gets_the_nearest_name(
    aps: dict[str, Any], written: str, meant: str
) -> None:
    assert f"{written} is ignored: is {meant} meant?" in warnings({"aps": aps})


@pytest.mark.parametrize(
    ("aps", "warning"),
    [
        ({"title": "Hi"}, "aps.title is ignored: title is a key of aps.alert"),
        ({"body": "Hi"}, "aps.body is ignored: body is a key of aps.alert"),
        ({"alert": {"badge": 1}}, "aps.alert.badge is ignored: badge is a key of aps"),
    ],
)
def test_a_key_in_the_wrong_object_is_sent_to_the_right_one(
    aps: dict[str, Any], warning: str
) -> None:
    assert warnings({"aps": aps}) == (warning,)


@pytest.mark.parametrize(
    "key", ["own", "id", "content", "content-changed", "data", "relevance", "x" * 5000, "", "🍵"]
)
def test_a_key_that_is_like_no_other_is_the_apps_own(key: str) -> None:
    assert warnings({"aps": {"alert": {key: 1}, key: 1}}) == ()


def test_summary_arguments_are_no_slips() -> None:
    assert warnings({"aps": {"alert": {"summary-arg": "a", "summary-arg-count": 1}}}) == ()


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ({"alert": "Hi"}, "payload has no aps: nothing is shown; alert should be inside it"),
        ({"badge": 1, "sound": "a"}, "nothing is shown; badge and sound should be inside it"),
        ({"APS": {"alert": "Hi"}}, "payload has no aps: nothing is shown; is APS meant to be it?"),
        ({"aps": {}, "alert": "Hi"}, "aps is empty: nothing is shown; alert should be inside it"),
    ],
)
def test_what_stands_beside_aps_and_should_be_inside_is_named(content: Any, hint: str) -> None:
    [warning] = warnings(content)
    assert warning.endswith(hint)


def test_what_an_app_has_beside_a_sound_aps_is_its_own() -> None:
    assert warnings({"aps": {"alert": "Hi"}, "badge": 1, "alert": "own", "Aps": 1}) == ()
    assert warnings({"aps": {"content-available": 1}, "alert": "own"}) == ()


@pytest.mark.parametrize(
    ("topic", "content"),
    [
        ("pass.com.example.coffee", {}),
        ("pass.com.example.coffee", {"aps": {}}),
        ("com.apple.mgmt.External.9f3d1c52-8d0a-4a5e-b1f0-2b7f0a6f1c11", {"mdm": "magic"}),
        ("com.example.app.voip", {"caller": "Alice"}),
        ("com.example.app.voip", {}),
        ("com.example.app.voip-ptt", {"ptt-push-type": "service-update"}),
        ("com.example.app.complication", {"steps": 3}),
        ("com.example.app.pushkit.fileprovider", {"container-identifier": "a", "domain": "b"}),
    ],
)
def test_some_topics_need_no_aps(topic: str, content: Any) -> None:
    payload = json.dumps(content).encode()
    assert content_warnings(payload, 10, topic) == ()
    if "aps" not in content and "mdm" not in content:
        [warning] = content_warnings(payload, 10, "com.example.app")
        assert warning.startswith("payload has no aps")


@pytest.mark.parametrize("topic", ["com.example.pass", "com.example.voip2", "voip", None])
def test_other_topics_do(topic: str | None) -> None:
    assert content_warnings(b"{}", 10, topic) != ()
