"""`send --service api`: who sends, and what; against a small server on a real port."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest

from .api_calls import KEY_ID, OTHER, TEAM_ID, TOPIC, Variables, by_key, call, ready
from .api_server import api_server, payloads

# ---- who sends ------------------------------------------------------------------------------


def test_a_hundred_get_through_with_a_key(p8: Path, api_certs: Path) -> None:
    with api_server() as server:
        result = by_key(server, p8, api_certs, "--topic", TOPIC, "--count", "100", "--alert", "Tea")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "sent 100, accepted 100, refused 0, resent 0, connections 1\n"
    assert server.told == [("h2", None)]
    assert [each["number"] for each in payloads(server)] == list(range(1, 101))
    [authorization] = {each["authorization"] for each in server.headers()}
    header, claims, _ = authorization.removeprefix("bearer ").split(".")
    assert json.loads(urlsafe_b64decode(header + "==")) == {"alg": "ES256", "kid": KEY_ID}
    assert json.loads(urlsafe_b64decode(claims + "=="))["iss"] == TEAM_ID
    assert len({each["apns-id"] for each in server.headers()}) == 100
    assert len({each[":path"] for each in server.headers()}) == 100


def test_a_certificate_shows_who_sends(api_certs: Path) -> None:
    with api_server() as server:
        result = call("--api-url", server.url, "--certs", api_certs, "--topic", OTHER)
    assert result.exit_code == 0, result.output
    assert server.told == [("h2", OTHER)]
    [headers] = server.headers()
    assert headers["apns-topic"] == OTHER
    assert "authorization" not in headers


def test_the_plain_port_is_spoken_to_without_tls(p8: Path, tmp_path: Path) -> None:
    with api_server(tls=False) as server:
        # Nothing of certificates is needed there.
        result = by_key(server, p8, tmp_path / "none", "--topic", TOPIC)
    assert result.exit_code == 0, result.output
    [headers] = server.headers()
    assert (headers[":scheme"], headers[":authority"]) == ("http", f"127.0.0.1:{server.port}")


def test_a_ready_file_says_all(p8: Path, api_certs: Path, tmp_path: Path) -> None:
    with api_server() as server:
        api = {"host": "127.0.0.1", "port": server.port, "url": server.url}
        key = {"key_id": KEY_ID, "team_id": TEAM_ID, "p8": str(p8), "topics": None}
        other = {**key, "key_id": "OTHER67890", "environment": "both"}
        path = ready(tmp_path / "ready.json", api_certs, api=api, keys=[key, other])
        assert call("--ready-file", path).exit_code == 0
        assert call(FAKEAPNS_READY_FILE=path).exit_code == 0
        assert call("--ready-file", path, "--auth", "certificate").exit_code == 0
        assert call("--ready-file", path, "--key-id", "OTHER67890").exit_code == 0
    assert [topic for _, topic in server.told] == [None, None, TOPIC, None]
    assert {each["apns-topic"] for each in server.headers()} == {TOPIC}
    last = server.headers()[-1]["authorization"].removeprefix("bearer ").split(".")[0]
    assert json.loads(urlsafe_b64decode(last + "=="))["kid"] == "OTHER67890"


def test_a_port_on_the_command_line_is_meant_whatever_the_ready_file_says(
    p8: Path, api_certs: Path, tmp_path: Path
) -> None:
    with api_server() as server:
        api = {"host": "127.0.0.2", "port": 1, "url": "https://127.0.0.2:1"}
        key = {"key_id": KEY_ID, "team_id": TEAM_ID, "p8": str(p8), "topics": None}
        path = ready(tmp_path / "ready.json", api_certs, api=api, keys=[key])
        there = ("--host", "127.0.0.1", "--api-port", str(server.port))
        assert call(*there, FAKEAPNS_READY_FILE=path).exit_code == 0
        # Of two variables the file is the one that knows.
        port = str(server.port)
        assert call(FAKEAPNS_API_PORT=port, FAKEAPNS_READY_FILE=path).exit_code == 1
    assert len(server.requests) == 1


def test_variables_say_all(p8: Path, api_certs: Path) -> None:
    key: Variables = {"APNS_AUTH_KEY": p8, "APNS_KEY_ID": KEY_ID, "APNS_TEAM_ID": TEAM_ID}
    rest: Variables = {"APNS_TOPIC": TOPIC, "APNS_CA": api_certs / "ca.pem"}
    with api_server() as server:
        assert call(APNS_API_URL=server.url, **key, **rest).exit_code == 0
        more = call(APNS_API_HOST="127.0.0.1", APNS_API_PORT=str(server.port), **key, **rest)
    assert (more.exit_code, len(server.requests)) == (0, 2)


def test_options_are_stronger_than_variables(p8: Path, api_certs: Path) -> None:
    with api_server() as server:
        variables = {"APNS_API_URL": "https://127.0.0.1:1", "APNS_KEY_ID": "OTHER67890"}
        where = ("--api-port", str(server.port), "--certs", api_certs, "--topic", TOPIC)
        key = ("--p8", p8, "--key-id", KEY_ID, "--team-id", TEAM_ID)
        assert call(*where, *key, **variables).exit_code == 0
    [headers] = server.headers()
    kid = headers["authorization"].removeprefix("bearer ").split(".")[0]
    assert json.loads(urlsafe_b64decode(kid + "=="))["kid"] == KEY_ID


# ---- what is sent ---------------------------------------------------------------------------


def test_options_say_what_headers_say(p8: Path, api_certs: Path) -> None:
    options = (
        *("--push-type", "background", "--priority", "1", "--expiration", "1900000000"),
        *("--collapse-id", "news", "--topic", TOPIC, "--token", "AB cd 12"),
    )
    with api_server() as server:
        assert by_key(server, p8, api_certs, *options).exit_code == 0
    [headers] = server.headers()
    assert headers[":path"] == "/3/device/abcd12"
    told = ("apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id")
    assert [headers[name] for name in told] == ["background", "1", "1900000000", "news"]


@pytest.mark.parametrize(
    ("payload", "push_type", "priority"),
    [
        ('{"aps":{"alert":"x"}}', "alert", None),
        ('{"aps":{"badge":1,"content-available":1}}', "alert", None),
        ('{"aps":{"content-available":1}}', "background", "5"),
        ("[1]", "alert", None),
        ('{"aps":5}', "alert", None),
    ],
)
def test_the_push_type_suits_the_payload(
    p8: Path, api_certs: Path, payload: str, push_type: str, priority: str | None
) -> None:
    with api_server() as server:
        sent = by_key(server, p8, api_certs, "--topic", TOPIC, "--payload", payload)
        assert sent.exit_code == 0, sent.output
    [headers] = server.headers()
    assert (headers["apns-push-type"], headers.get("apns-priority")) == (push_type, priority)


def test_a_work_list_says_more_of_each(p8: Path, api_certs: Path, tmp_path: Path) -> None:
    own = {
        "push_type": "voip",
        "priority": 5,
        "expiration": 7,
        "collapse_id": "mine",
        "apns_id": "9CE80C8A-5B0C-4BDB-8D52-0C8D5D4C6B0A",
        "topic": "com.example.app.voip",
    }
    lines = [{"token": "ab", "payload": {"aps": {}}, **own}, {"token": "cd", "payload": {}}]
    work = tmp_path / "work.jsonl"
    work.write_text("\n".join(map(json.dumps, lines)))
    with api_server() as server:
        sent = by_key(server, p8, api_certs, "--work", work, "--topic", TOPIC, "--priority", "10")
        assert sent.exit_code == 0, sent.output
    first, second = server.headers()
    told = {name: first[f"apns-{name}"] for name in ("push-type", "priority", "expiration")}
    assert told == {"push-type": "voip", "priority": "5", "expiration": "7"}
    assert (first["apns-collapse-id"], first["apns-id"]) == ("mine", own["apns_id"])
    assert (first["apns-topic"], second["apns-topic"]) == ("com.example.app.voip", TOPIC)
    assert (second["apns-priority"], second["apns-push-type"]) == ("10", "alert")


def test_topics_of_a_work_list_have_a_certificate_each(api_certs: Path, tmp_path: Path) -> None:
    lines = [
        {"token": "aa", "payload": {}, "topic": OTHER},
        {"token": "bb", "payload": {}},
        {"token": "cc", "payload": {}, "topic": "com.example.unknown"},
    ]
    work = tmp_path / "work.jsonl"
    work.write_text("\n".join(map(json.dumps, lines)))
    with api_server() as server:
        result = call("--api-url", server.url, "--certs", api_certs, "--work", work)
    assert result.exit_code == 0, result.output
    assert "no client certificate for com.example.unknown" in result.stderr
    assert result.stdout == "sent 3, accepted 3, refused 0, resent 0, connections 2\n"
    assert [topic for _, topic in server.told] == [OTHER, TOPIC]
    assert [each["apns-topic"] for each in server.headers()] == [OTHER, TOPIC, TOPIC]


def test_what_is_for_a_live_activity_goes_out_by_the_certificate_of_its_app(
    api_certs: Path, tmp_path: Path
) -> None:
    live = f"{TOPIC}.push-type.liveactivity"
    lines = [
        {"token": "aa", "payload": {}, "topic": live, "push_type": "liveactivity", "priority": 5},
        {"channel": "AAAA", "payload": {}, "topic": TOPIC, "priority": 1, "expiration": 7},
    ]
    work = tmp_path / "work.jsonl"
    work.write_text("\n".join(map(json.dumps, lines)))
    with api_server() as server:
        result = call("--api-url", server.url, "--certs", api_certs, "--work", work)
    assert (result.exit_code, result.stderr) == (0, "")
    assert server.told == [("h2", TOPIC)]
    push, broadcast = server.headers()
    assert (push["apns-topic"], push["apns-priority"]) == (live, "5")
    assert (broadcast["apns-channel-id"], broadcast["apns-priority"]) == ("AAAA", "1")
    assert broadcast["apns-expiration"] == "7"
