"""What Apple takes, and a device may not: headers that do not go together are warned of."""

from __future__ import annotations

from typing import Any

import pytest

from .dialogue import NOBODY, Dialogue, signed

APP = "com.example.app"
#: The topics of Apple's push types (Sending notification requests to APNs).
TOPICS = {
    "alert": APP,
    "background": APP,
    "complication": f"{APP}.complication",
    "controls": f"{APP}.push-type.controls",
    "fileprovider": f"{APP}.pushkit.fileprovider",
    "liveactivity": f"{APP}.push-type.liveactivity",
    "location": f"{APP}.location-query",
    "mdm": APP,
    "pushtotalk": f"{APP}.voip-ptt",
    "voip": f"{APP}.voip",
    "widgets": f"{APP}.push-type.widgets",
}


def warned(**headers: str | None) -> tuple[str, ...]:
    """What is said of a push with these headers that is taken."""
    talk = Dialogue(provider=NOBODY)
    how: dict[str, Any] = {"apns_priority": "5", **headers}
    assert talk.push(signed=signed(), **how).status == 200
    return talk.latest.warnings


@pytest.mark.parametrize(("push_type", "topic"), TOPICS.items())
def test_a_push_type_goes_with_its_topic_and_with_no_other(push_type: str, topic: str) -> None:
    assert warned(apns_push_type=push_type, apns_topic=topic) == ()
    if topic == APP:
        [warning] = warned(apns_push_type=push_type, apns_topic=TOPICS["voip"])
        assert warning == "apns-topic ends with .voip, and apns-push-type is not voip"
    else:
        [warning] = warned(apns_push_type=push_type, apns_topic=APP)
        suffix = topic.removeprefix(APP)
        assert warning == (
            f"apns-topic {APP} does not end with {suffix}, as those for {push_type} pushes do"
        )


def test_without_a_push_type_there_is_one_warning_whatever_the_topic() -> None:
    why = "apns-push-type is missing: watchOS 6 and later show nothing, others may be late"
    for topic in TOPICS.values():
        assert warned(apns_push_type=None, apns_topic=topic) == (why,)


@pytest.mark.parametrize("priority", ["10", None])
def test_that_a_silent_push_is_too_urgent_is_said_once(priority: str | None) -> None:
    """By its type, or where that does not speak of it by what is in it."""
    silent = b'{"aps":{"content-available":1}}'
    for push_type, said in ("background", "for a background push"), ("alert", "a silent payload"):
        talk = Dialogue()
        talk.push(body=silent, apns_push_type=push_type, apns_priority=priority)
        # The second one may go the short way.
        talk.push(body=silent, apns_push_type=push_type, apns_priority=priority)
        for push in talk.pushes:
            [warning] = push.warnings
            assert said in warning


@pytest.mark.parametrize(
    ("priority", "said"), [("10", "is 10"), (None, "is missing, which is 10,")]
)
def test_a_background_push_at_once_is_refused_where_that_is_asked_for(
    priority: str | None, said: str
) -> None:
    how: dict[str, Any] = {"apns_push_type": "background", "apns_priority": priority}
    talk = Dialogue()
    assert talk.push(**how).status == 200
    loud = f"apns-priority {said} for a background push"
    assert talk.latest.warnings == (f"{loud}: Apple calls it an error, use 5",)
    talk = Dialogue(strict_background_priority=True)
    assert talk.push(**how).reason == "BadPriority"
    assert talk.latest.why == f"{loud}, which strict_background_priority refuses: use 5"
    how["apns_priority"] = "5"
    assert talk.push(**how).status == 200
    assert talk.latest.warnings == ()
    # Of other kinds nobody says so.
    assert talk.push(apns_push_type="voip", apns_priority="10").status == 200
