"""`send --service api`: what it says of refused pushes, and of mistakes."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakeapns.cli import main
from fakeapns.protocol.http2 import Request

from .api_calls import KEY_ID, TEAM_ID, TOPIC, Variables, by_key, call, fails, ready
from .api_server import ACCEPTED, Answer, api_server


def test_what_was_refused_is_named_with_its_reason(
    p8: Path, api_certs: Path, tmp_path: Path
) -> None:
    def answer(request: Request) -> Answer:
        assert request.path is not None
        match request.path[-2:]:
            case b"aa":
                return 410, "Unregistered"
            case b"bb":
                return 400, "BadDeviceToken"
        return ACCEPTED

    tokens = [part for token in ("aa", "bb", "cc") for part in ("--token", token)]
    with api_server(answer) as server:
        result = by_key(server, p8, api_certs, "--topic", TOPIC, "--count", "30", *tokens)
        work = tmp_path / "work.jsonl"
        work.write_text('{"token":"aa","payload":{}}')
        listed = by_key(server, p8, api_certs, "--topic", TOPIC, "--work", work)
    assert result.exit_code == 1
    summary, *refused, more = result.stdout.splitlines()
    assert summary == "sent 30, accepted 10, refused 20, resent 0, connections 1"
    assert refused[:2] == [
        "refused number 1 (410 Unregistered) token aa",
        "refused number 2 (400 BadDeviceToken) token bb",
    ]
    assert len(refused) == 10
    assert more == "… and 10 more: 5 410 Unregistered, 5 400 BadDeviceToken"
    # In a list some may be bad on purpose.
    assert listed.exit_code == 0
    assert listed.stdout.splitlines()[1] == "refused number 1 (410 Unregistered) token aa"


def test_nobody_at_the_port_is_one_sentence(p8: Path, api_certs: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"https://127.0.0.1:{port}"
    key = ("--p8", p8, "--team-id", TEAM_ID, "--topic", TOPIC, "--certs", api_certs)
    assert "is the server running?" in fails(call("--api-url", url, *key), 1)
    assert "is the server running?" in fails(call("--api-url", url.replace("s:", ":"), *key), 1)


def test_a_refused_certificate_is_told_at_once(p8: Path, api_certs: Path) -> None:
    with api_server(required=True) as server:
        result = by_key(server, p8, api_certs, "--topic", TOPIC)
    assert "the handshake failed" in fails(result, 1)
    assert "certificate required" in result.stderr.lower().replace("_", " ")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "there is nothing to send in"),
        ('{"token":"xyz","payload":{}}', "notification 1: 'xyz' is no device token"),
        ('{"token":"ab","payload":{},"apns_id":"a\\nb"}', "notification 1: apns_id 'a\\nb' cannot"),
        ('{"token":"ab","payload":{},"priority":"high"}', ":1: Expected `int | null`"),
    ],
)
def test_a_list_that_is_none_is_said(
    p8: Path, api_certs: Path, tmp_path: Path, lines: str, said: str
) -> None:
    work = tmp_path / "work.jsonl"
    work.write_text(lines)
    key = ("--p8", p8, "--team-id", TEAM_ID, "--topic", TOPIC)
    assert said in fails(call("--certs", api_certs, *key, "--work", work), 2)


def test_who_is_interrupted_is_told_what_is_known(p8: Path, api_certs: Path) -> None:
    came: list[Request] = []

    def answer(request: Request) -> Answer | None:
        came.append(request)
        if len(came) == 30:
            # A client that reads both answers in one go has seen all that there is.
            signal.raise_signal(signal.SIGINT)
        return ACCEPTED if len(came) <= 5 else None

    with api_server(answer) as server:
        result = by_key(server, p8, api_certs, "--topic", TOPIC, "--count", "30")
    assert result.exit_code == 1
    assert result.stdout.startswith("sent 30, accepted ")
    assert "interrupted: of 30 notifications 0 were not sent" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--api-url", "ftp://x"], 2, "is no address of an API"),
        (["--api-url", "https://x/3/device"], 2, "is no address of an API"),
        (["--api-url", "https://x:99999"], 2, "is no address of an API"),
        (["--api-url", "127.0.0.1:2197"], 2, "is no address of an API"),
        (["--p8", "missing.p8"], 2, "missing.p8: give it, or set APNS_KEY_ID"),
        (["--p8", "missing.p8", "--key-id", KEY_ID], 2, "set APNS_TEAM_ID"),
        (["--p8", "missing.p8", "--key-id", KEY_ID, "--team-id", TEAM_ID], 1, "No such file"),
        (["--p8", "x", "--key-id", "123456789", "--team-id", TEAM_ID], 2, "ten letters"),
        (["--p8", "x", "--key-id", KEY_ID, "--team-id", "two words!"], 2, "ten letters"),
        (["--auth", "key"], 2, "there is no such key"),
        (["--key-id", KEY_ID], 2, "there is no such key"),
        (["--confirm"], 2, "--confirm is for the gateway"),
        (["--command", "1"], 2, "--command is for the gateway"),
        (["--feedback"], 2, "--feedback is for the gateway"),
        (["--gateway-port", "1"], 2, "--gateway-port is for the gateway"),
        (["--settle", "0"], 2, "leaves the API no time"),
        (["--collapse-id", "a\nb"], 2, "cannot stand in a header"),
        (["--topic", "com.example.nobody"], 2, "use one of com.example.app"),
        (["--api-url", "http://127.0.0.1:1"], 2, "nothing says who sends"),
    ],
)
def test_mistakes_are_one_sentence(
    api_certs: Path, arguments: list[str], code: int, said: str
) -> None:
    assert said in fails(call("--certs", api_certs, *arguments), code)


def test_what_is_missing_is_said(p8: Path, api_certs: Path, tmp_path: Path) -> None:
    key: Variables = {"APNS_AUTH_KEY": p8, "APNS_TEAM_ID": TEAM_ID}
    url = "https://127.0.0.1:1"
    none = tmp_path / "none"
    # In the wrong folder it is told as for the gateway: who forgot `cd` has named no folder.
    assert f"no client certificates in {none}: start `fakeapns" in fails(call("--certs", none), 1)
    assert "APNS_CA is not set" in fails(call(APNS_API_URL=url, APNS_TOPIC=TOPIC, **key), 2)
    assert "APNS_API_URL 'x' is no address" in fails(call(APNS_API_URL="x", **key), 2)
    ca: Variables = {"APNS_CA": api_certs / "ca.pem"}
    assert "--topic is missing" in fails(call(APNS_API_URL=url, **key, **ca), 2)
    broken = tmp_path / "AuthKey_BROKEN7890.p8"
    broken.write_text("no key")
    told = fails(call("--certs", api_certs, "--p8", broken, "--team-id", TEAM_ID), 1)
    assert f"{broken} cannot be used as a key: it is no private key in PEM" in told
    path = ready(tmp_path / "ready.json", api_certs, api={"host": 5})
    assert "is no ready file of fakeapns" in fails(call("--ready-file", path), 1)


def test_the_library_for_http_2_can_be_chosen(p8: Path, api_certs: Path) -> None:
    with api_server() as server:
        key = ("--p8", p8, "--team-id", TEAM_ID, "--topic", TOPIC)
        where = ("--api-url", server.url, "--certs", api_certs)
        assert call(*where, *key, FAKEAPNS_HTTP2="h2").exit_code == 0
        told = fails(call(*where, *key, FAKEAPNS_HTTP2="curl"), 2)
    assert "FAKEAPNS_HTTP2: there is no HTTP/2 engine 'curl': take ngh2 or h2" in told


@pytest.mark.parametrize("missing", [("ngh2",), ("ngh2", "h2")])
def test_one_that_is_missing_is_said(
    p8: Path, api_certs: Path, missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in ("ngh2", "h2"):
        monkeypatch.delitem(sys.modules, f"fakeapns.protocol.http2.with_{file}", raising=False)
    with api_server() as server:
        for library in missing:
            monkeypatch.setitem(sys.modules, library, None)
        result = by_key(server, p8, api_certs, "--topic", TOPIC)
    if missing == ("ngh2",):
        assert result.exit_code == 0
        assert "HTTP/2 is spoken by h2, which is slower" in result.stderr
    else:
        assert "pip install h2" in fails(result, 1)


def test_options_of_the_api_are_not_the_gateway_s(api_certs: Path) -> None:
    result = CliRunner().invoke(main, ["send", "--certs", str(api_certs), "--p8", "x"])
    assert result.exit_code == 2
    assert "--p8 is for the api: leave it out, or say --service api" in result.stderr
