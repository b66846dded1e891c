"""Channels over the wire: what is answered where all is well, and the measured differences."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.ledger import ApiResponse, SettingsSeen

from ...frames import TOPIC
from .channels import STRANGE, UPDATE, broadcast, create, description, listed, manage
from .dialogue import CERTIFICATE, NOBODY, Dialogue, signed
from .senders.signing import known
from .test_answers import MADE_UP

UUID = "2288cf3f-70d8-46a6-97d7-dd5d00867127"
OTHER = "com.example.other"


def test_a_channel_is_made_shown_listed_sent_to_and_deleted() -> None:
    talk = Dialogue()
    made = manage(talk, "POST", body=description(1))
    assert (made.status, made.body, made.ended) == (201, b"", True)
    assert "content-type" not in made.headers
    channel = made.headers["apns-channel-id"]

    shown = manage(talk, "GET", channel)
    assert (shown.status, shown.headers["content-type"]) == (200, "application/json")
    assert shown.body == b'{"message-storage-policy":1,"push-type":"LiveActivity"}'

    assert listed(talk) == [channel]
    sent = broadcast(talk, channel)
    assert (sent.status, sent.body) == (200, b"")

    gone = manage(talk, "DELETE", channel)
    assert (gone.status, gone.body, gone.ended) == (204, b"", True)
    assert listed(talk) == []
    assert broadcast(talk, channel).reason == "ChannelNotRegistered"
    assert [each.http_status for each in talk.requests] == [201, 200, 200, 204, 200]


def test_the_record_has_requests_with_their_channel_and_a_push_without_token() -> None:
    talk = Dialogue()
    channel = create(talk, 1)
    manage(talk, "GET", channel)
    manage(talk, "GET", STRANGE)
    broadcast(talk, channel, apns_request_id=UUID)
    made, shown, unknown = talk.requests
    assert (made.channel, made.path, made.detail) == (channel, f"/1/apps/{TOPIC}/channels", None)
    assert (shown.channel, shown.reason, unknown.channel) == (channel, None, STRANGE)
    push = talk.latest
    assert (push.channel, push.token, push.token_bytes, push.topic) == (channel, "", b"", TOPIC)
    assert (push.outcome, push.http_status, push.warnings) == ("accepted", 200, ())
    assert (push.payload_bytes, push.push_type, push.expiration) == (UPDATE, "liveactivity", 0)
    assert push.apns_id == UUID
    assert push.ordinal == 4
    # Whatever is no accepted push has an entry for its answer.
    assert [each.http_status for each in talk.ledger.of(ApiResponse)] == [201, 200, 404]


# ---- measured, in September 2026 (kontourai/station) ------------------------------------------


def test_channels_that_are_gone_never_were_or_may_not_be_are_told_apart() -> None:
    talk = Dialogue(provider=NOBODY, without_broadcast=["com.example.without"])
    how: dict[str, Any] = {"signed": signed()}
    gone = create(talk, **how)
    manage(talk, "DELETE", gone, **how)
    heard = [
        broadcast(talk, gone, **how),
        broadcast(talk, STRANGE, **how),
        broadcast(talk, STRANGE, app="com.example.without", **how),
    ]
    assert [(each.status, each.reason) for each in heard] == [
        (400, "ChannelNotRegistered"),
        (400, "BadChannelId"),
        (400, "BroadcastFeatureNotEnabled"),
    ]
    assert [push.why for push in talk.pushes] == [
        f"the channel {gone} of com.example.app was deleted, and never comes back: make another "
        "one",
        f"com.example.app never had a channel {STRANGE}: make one, and write the id that it gets",
        "the app com.example.without has not the capability of broadcasting: it is off by the "
        "setting without_broadcast or apns.channels.disable, as where nobody has added it to the "
        "app",
    ]


def test_a_channel_of_another_app_is_as_one_that_never_was() -> None:
    talk = Dialogue(provider=NOBODY)
    theirs = create(talk, app=OTHER, signed=signed())
    assert broadcast(talk, theirs, signed=signed()).reason == "BadChannelId"
    why = f"the channel {theirs} is of com.example.other, and the path names com.example.app"
    assert talk.latest.why == why
    assert manage(talk, "DELETE", theirs, signed=signed()).status == 404
    assert talk.requests[-1].detail == why
    assert listed(talk, app=OTHER, signed=signed()) == [theirs]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_is_unknown_or_deleted_cannot_be_shown_or_deleted(method: str) -> None:
    talk = Dialogue()
    gone = create(talk)
    assert manage(talk, "DELETE", gone).status == 204
    for channel in (gone, STRANGE):
        heard = manage(talk, method, channel)
        assert (heard.status, heard.reason) == (404, "BadPath")
        assert channel in (talk.requests[-1].detail or "")


def test_a_broadcast_needs_an_expiration_and_no_topic() -> None:
    talk = Dialogue()
    channel = create(talk)
    heard = broadcast(talk, channel, apns_expiration=None)
    assert (heard.status, heard.reason) == (400, "BadExpirationDate")
    assert talk.latest.why == (
        "apns-expiration is missing: write 0 to have it not stored, or epoch seconds"
    )
    assert broadcast(talk, channel, apns_topic=None).status == 200


@pytest.mark.parametrize(("strict", "policy"), [(False, 0), (True, 0), (False, 1), (True, 1)])
def test_an_expiration_on_a_channel_that_stores_nothing_is_taken_unless_asked(
    strict: bool, policy: int
) -> None:
    talk = Dialogue(strict_channel_expiration=strict)
    channel = create(talk, policy)
    heard = broadcast(talk, channel, apns_expiration="1600003600")
    said = "apns-expiration is 1600003600 on a channel that stores nothing"
    if policy:
        assert (heard.status, talk.latest.warnings) == (200, ())
    elif strict:
        assert heard.reason == "BadExpirationDate"
        assert talk.latest.why == f"{said}, which strict_channel_expiration refuses: write 0"
    else:
        assert heard.status == 200
        assert talk.latest.warnings == (f"{said}: Apple's page says that is rejected, write 0",)


def test_all_that_is_odd_about_a_broadcast_is_told() -> None:
    talk = Dialogue()
    broadcast(talk, create(talk), apns_expiration="1600003600", apns_priority=None)
    assert [warning.split(":")[0] for warning in talk.latest.warnings] == [
        "apns-priority is missing",
        "apns-expiration is 1600003600 on a channel that stores nothing",
    ]


# ---- ids --------------------------------------------------------------------------------------


REQUESTS: list[tuple[str, str, int]] = [
    ("POST", f"/1/apps/{TOPIC}/channels", 400),
    ("GET", f"/1/apps/{TOPIC}/channels", 400),
    ("GET", f"/1/apps/{TOPIC}/all-channels", 200),
    ("PUT", f"/1/apps/{TOPIC}/channels", 405),
    ("POST", f"/4/broadcasts/apps/{TOPIC}", 400),
    ("GET", f"/4/broadcasts/apps/{TOPIC}", 405),
    ("POST", "/4/broadcasts/apps/", 404),
    ("GET", "/1/apps", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), REQUESTS)
def test_every_answer_has_the_id_of_its_request_or_one_that_is_made_up(
    method: str, path: str, status: int
) -> None:
    talk = Dialogue()
    plain: dict[str, Any] = {"path": path, "method": method, "apns_topic": None}
    heard = talk.push("", b"", **plain)
    assert heard.status == status
    assert MADE_UP.fullmatch(heard.headers["apns-request-id"])
    assert "apns-id" not in heard.headers
    heard = talk.push("", b"", **plain, apns_request_id="2288CF3F-70d8-46a6-97d7-dd5d00867127")
    assert heard.headers["apns-request-id"] == "2288CF3F-70d8-46a6-97d7-dd5d00867127"
    # Apple's first sample of a broadcast sends this one instead; who sends it may wait for it.
    heard = talk.push("", b"", **plain, apns_id=UUID)
    assert heard.headers["apns-id"] == UUID
    assert MADE_UP.fullmatch(heard.headers["apns-request-id"])


def test_so_has_one_to_a_body_that_never_ends() -> None:
    talk = Dialogue()
    for path in (f"/1/apps/{TOPIC}/channels", f"/4/broadcasts/apps/{TOPIC}"):
        heard = talk.push("", b"x" * 300_000, path=path, apns_request_id=UUID)
        assert (heard.reason, heard.headers["apns-request-id"]) == ("PayloadTooLarge", UUID)
    assert not talk.pushes


def test_headers_that_decide_nothing_of_a_broadcast_are_on_record() -> None:
    talk = Dialogue()
    broadcast(talk, create(talk), apns_id=UUID, apns_collapse_id="score", apns_topic=TOPIC)
    told = talk.latest.headers
    assert (told["apns-id"], told["apns-collapse-id"], told["apns-topic"]) == (UUID, "score", TOPIC)
    assert (talk.latest.collapse_id, talk.latest.apns_id == UUID) == (None, False)


def test_the_sandbox_has_an_id_for_its_console_for_broadcasts_alone() -> None:
    talk = Dialogue(environment="sandbox")
    made = manage(talk, "POST", body=description())
    assert "apns-unique-id" not in made.headers
    assert "apns-unique-id" in broadcast(talk, made.headers["apns-channel-id"]).headers
    assert "apns-unique-id" not in broadcast(talk, STRANGE).headers


def test_ids_of_channels_are_the_same_in_every_run() -> None:
    first, second = Dialogue(seed=1), Dialogue(seed=2)
    assert [create(first) for _ in range(3)] == [create(second) for _ in range(3)]


# ---- who may ----------------------------------------------------------------------------------


def test_a_certificate_may_do_all_of_it_for_its_own_app() -> None:
    talk = Dialogue(provider=CERTIFICATE)
    create(talk)
    for heard in (
        manage(talk, "GET", app=OTHER, place="all-channels"),
        broadcast(talk, STRANGE, app=OTHER),
    ):
        assert (heard.status, heard.reason) == (403, "TopicMismatch")
    assert talk.latest.why == "the certificate is for com.example.app, not com.example.other"


def test_so_may_a_key_for_single_topics() -> None:
    talk = Dialogue(provider=NOBODY, keys=(known(topics=(TOPIC,)),))
    channel = create(talk, signed=signed())
    assert broadcast(talk, channel, signed=signed()).status == 200
    assert (talk.latest.key_id, talk.latest.team_id) == ("ABC123DEFG", "DEF123GHIJ")
    assert manage(talk, "DELETE", channel, app=OTHER, signed=signed()).reason == "TopicMismatch"
    assert "is for com.example.app, and not for com.example.other" in (
        talk.requests[-1].detail or ""
    )


def limits(talk: Dialogue) -> list[int]:
    return [seen.values[3] for seen in talk.ledger.of(SettingsSeen) if seen.by == "server"]


def test_a_good_token_raises_the_limit_of_streams_whatever_it_asks_for() -> None:
    talk = Dialogue(provider=NOBODY)
    assert manage(talk, "GET", place="all-channels").reason == "MissingProviderToken"
    assert manage(talk, "GET", place="nothing", signed=signed()).reason == "BadPath"
    assert limits(talk) == [1]
    # Whatever else is wrong with it.
    assert manage(talk, "POST", body=b"[", signed=signed()).reason == "BadRequestPayload"
    assert limits(talk) == [1, 1000]
    talk = Dialogue(provider=NOBODY)
    assert listed(talk, signed=signed()) == []
    assert limits(talk) == [1, 1000]
    talk = Dialogue(provider=NOBODY)
    assert broadcast(talk, STRANGE, signed=signed()).status == 400
    assert limits(talk) == [1, 1000]


def test_an_app_has_so_many_channels_as_the_setting_says() -> None:
    talk = Dialogue(max_channels=2)
    first = create(talk)
    create(talk)
    heard = manage(talk, "POST", body=description())
    assert (heard.status, heard.reason) == (400, "CannotCreateChannelConfig")
    assert talk.requests[-1].detail == (
        "com.example.app has 2 channels, and max_channels are no more: delete some"
    )
    manage(talk, "DELETE", first)
    assert create(talk) != first


def test_ten_thousand_of_them_are_listed_as_fast_as_the_client_takes_them() -> None:
    talk = Dialogue()
    ids = [talk.api.judge.channels.add(TOPIC).id for _ in range(10_000)]
    heard = manage(talk, "GET", place="all-channels")
    assert (len(heard.body), heard.ended) == (65_535, False)
    assert (talk.ledger.of(ApiResponse)[-1].detail or "").endswith(
        "bytes of its body wait: the client gives no credit for more (WINDOW_UPDATE)"
    )
    for stream in (None, 1):
        talk.client.increment_flow_control_window(1_000_000, stream)
    talk.flow()
    assert (heard.json["channels"], heard.ended) == (ids, True)
