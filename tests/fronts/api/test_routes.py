"""Paths and methods: what leads to channels, and what is told who takes another way."""

from __future__ import annotations

import pytest

from fakeapns.fronts.front import Provider

from ...frames import TOPIC
from .channels import STRANGE, UPDATE, broadcast, description, manage
from .dialogue import Dialogue

HERE = (
    "channels are managed at /1/apps/<bundle id>/channels and /1/apps/<bundle id>/all-channels, "
    "and broadcasts go to /4/broadcasts/apps/<bundle id>, with nothing behind it"
)


@pytest.mark.parametrize(
    "path",
    [
        f"/1/apps/{TOPIC}",
        f"/1/apps/{TOPIC}/",
        f"/1/apps/{TOPIC}/channel",
        f"/1/apps/{TOPIC}/channels/",
        f"/1/apps/{TOPIC}/channels?limit=1",
        f"/1/apps/{TOPIC}/channels/{STRANGE}",
        f"/1/apps/{TOPIC}/all-channels/",
        f"/1/apps/{TOPIC}/Channels",
        "/1/apps/com%2Eexample%2Eapp/channels",
        f"/1/apps/a/{TOPIC}/channels",
        "/1/apps//channels",
        "/1/apps/channels",
        "/1/apps",
        f"/1/apps/{'a' * 256}/channels",
        "/4/broadcasts/apps/",
        "/4/broadcasts/apps",
        f"/4/broadcasts/{TOPIC}",
        f"/4/Broadcasts/apps/{TOPIC}",
        "/4/",
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE", "PUT"])
def test_what_leads_nowhere_is_told_where_channels_are(method: str, path: str) -> None:
    talk = Dialogue()
    heard = talk.push("", b"{}", path=path, method=method)
    assert (heard.status, heard.reason) == (404, "BadPath")
    [request] = talk.requests
    assert (request.path, request.reason) == (path, "BadPath")
    assert (request.detail or "").startswith("nothing is at '/")
    assert (request.detail or "").endswith(HERE)
    assert not talk.pushes


@pytest.mark.parametrize(
    ("place", "methods", "words"),
    [
        (
            f"/1/apps/{TOPIC}/channels",
            ["PUT", "PATCH", "OPTIONS", "post"],
            "a channel is made by POST, shown by GET and deleted by DELETE",
        ),
        (
            f"/1/apps/{TOPIC}/all-channels",
            ["POST", "DELETE", "PUT"],
            "all channels of an app are listed by GET",
        ),
        (f"/4/broadcasts/apps/{TOPIC}", ["GET", "PUT", "DELETE"], "a broadcast is a POST"),
    ],
)
def test_what_is_there_and_asked_otherwise_is_told_how(
    place: str, methods: list[str], words: str
) -> None:
    for method in methods:
        talk = Dialogue()
        heard = talk.push("", b"{}", path=place, method=method)
        assert (heard.status, heard.reason) == (405, "MethodNotAllowed")
        [request] = talk.requests
        assert request.detail == f"the method is {method!r}, and {words}"
        assert not talk.pushes


@pytest.mark.parametrize(
    ("path", "status"),
    [(f"/1/apps/{TOPIC}/channels", 405), (f"/4/broadcasts/apps/{TOPIC}", 405), ("/1/", 404)],
)
def test_head_has_no_body(path: str, status: int) -> None:
    heard = Dialogue().push("", b"", path=path, method="HEAD")
    assert (heard.status, heard.body, heard.ended) == (status, b"", True)
    assert "content-type" not in heard.headers


def test_http_1_is_told_here_too_what_to_switch_on() -> None:
    talk = Dialogue(greet=False)
    talk.raw(f"GET /1/apps/{TOPIC}/all-channels HTTP/1.1\r\n\r\n".encode())
    [request] = talk.requests
    assert (request.http_status, request.path) == (505, f"/1/apps/{TOPIC}/all-channels")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_body_where_none_belongs_changes_nothing(method: str) -> None:
    talk = Dialogue()
    channel = talk.api.judge.channels.add(TOPIC).id
    assert manage(talk, method, channel, body=b"[").status in (200, 204)


@pytest.mark.parametrize(
    "app",
    [
        f"{TOPIC}/",
        f"{TOPIC}/channels",
        f"{TOPIC}?x=1",
        "com%2Eexample%2Eapp",
        "a" * 256,
        "/",
        "\u00e9",
    ],
)
def test_a_broadcast_to_what_is_no_app_is_a_push_all_the_same(app: str) -> None:
    talk = Dialogue()
    heard = broadcast(talk, STRANGE, app=app)
    assert (heard.status, heard.reason) == (404, "BadPath")
    push = talk.latest
    assert push.violations[0] == "BadPath"
    assert "in the path is no bundle id: put that there, and nothing behind it" in (push.why or "")
    assert (push.channel, push.topic) == (STRANGE, app[:255])
    assert not talk.requests


def test_a_bundle_id_of_64_kib_is_neither_taken_nor_kept() -> None:
    talk = Dialogue()
    app = "a" * 65_536
    assert broadcast(talk, STRANGE, app=app).reason == "BadPath"
    assert len(talk.latest.topic or "") == 255
    assert manage(talk, "GET", place="all-channels", app=app).reason == "BadPath"
    assert len(talk.requests[0].detail or "") < 400


def test_a_header_for_channels_is_nothing_to_a_push_to_a_device() -> None:
    talk = Dialogue()
    heard = talk.push(body=UPDATE, apns_channel_id="?", apns_request_id="7")
    assert heard.status == 200
    assert "apns-request-id" not in heard.headers
    push = talk.latest
    assert (push.channel, push.headers["apns-channel-id"]) == (None, "?")


def test_behind_the_end_of_a_connection_nothing_is_done_and_all_is_recorded() -> None:
    # A certificate of the other environment is turned away before it can ask for anything.
    other = Provider((TOPIC,), "UID=com.example.app", scope="sandbox", alpn="h2")
    talk = Dialogue(provider=other, greet=False)
    channel = talk.api.judge.channels.add(TOPIC)
    talk.client.initiate_connection()
    talk.begin("", UPDATE, path=f"/4/broadcasts/apps/{TOPIC}", apns_channel_id=channel.id)
    path = f"/1/apps/{TOPIC}/channels"
    talk.begin("", description(), path=path)
    talk.begin("", b"", path=path, method="DELETE", apns_channel_id=channel.id)
    talk.flow()
    [push], requests = talk.pushes, talk.requests
    assert (push.outcome, push.channel, push.answered) == ("discarded", channel.id, False)
    assert [each.method for each in requests] == ["POST", "DELETE"]
    assert {each.http_status for each in requests} == {None}
    assert {(each.detail or "")[:38] for each in requests} == {
        "the connection had been ended before: "
    }
    assert list(talk.api.judge.channels) == [channel]
