"""One story each, with real processes: whatever the command does is a result, and none raises."""

from __future__ import annotations

import errno
import json
import shlex
import sys
from pathlib import Path

import msgspec
import pytest

from fakeapns.chaos import Setup, choose_trials
from fakeapns.chaos import play as play_module
from fakeapns.ledger.entries import ServerStarted

from .stories import BURST, QUIET, played, played_with, provider

# ---- commands ---------------------------------------------------------------------------


async def test_a_command_finds_what_it_needs_in_its_environment(quiet: Path) -> None:
    program = """if True:
        import json, os
        names = [name for name in os.environ if name.startswith("APNS_")]
        paths = [os.environ[name] for name in ("APNS_CA", "APNS_PEM", "SSL_CERT_FILE",
                 "NODE_EXTRA_CA_CERTS", "APNS_WORK", "APNS_TRUSTSTORE", "APN_CERTIFICATE",
                 "APNS_AUTH_KEY")]
        assert os.environ["APNS_TRUSTSTORE"] in os.environ["JAVA_TOOL_OPTIONS"]
        assert all(map(os.path.isabs, paths)), paths
        assert all(map(os.path.isfile, paths)), paths
        lines = open(os.environ["APNS_WORK"]).read().splitlines()
        print(json.dumps([sorted(names), os.environ["APNS_SCENARIO"], len(lines), lines[0]]))
    """
    result = await played(sys.executable, "-c", program, story=quiet, count=3)
    names, scenario, count, first = json.loads(result.output)
    assert names == sorted(
        f"APNS_{name}"
        for name in (
            *("GATEWAY_HOST", "GATEWAY_PORT", "FEEDBACK_HOST", "FEEDBACK_PORT", "CA", "CERT"),
            *("API_URL", "API_HOST", "API_PORT", "AUTH_KEY", "KEY_ID", "TEAM_ID"),
            *("KEY", "PEM", "PKCS12", "TOPIC", "TRUSTSTORE", "WORK", "SCENARIO"),
            "PROXY",
        )
    )
    assert (scenario, count) == ("quiet", 3)
    assert json.loads(first)["payload"] == {"aps": {"alert": "number 1"}}


async def test_the_work_list_is_gone_afterwards(quiet: Path) -> None:
    result = await played("sh", "-c", 'printf "%s" "$APNS_WORK"', story=quiet)
    assert result.output.endswith("work.jsonl")
    assert not Path(result.output).parent.exists()


async def test_a_crash_is_a_result(quiet: Path) -> None:
    result = await played("sh", "-c", "echo bye; kill -SEGV $$", story=quiet)
    assert (result.verdict, result.output, result.ok) == ("crashed", "bye\n", False)
    assert result.summary == "the command was killed by SIGSEGV"


async def test_an_exit_code_is_a_result_even_if_all_arrived(quiet: Path) -> None:
    program = shlex.join(provider("replays")) + "; exit 3"
    result = await played("sh", "-c", program, story=quiet)
    assert (result.verdict, result.exit_code, result.ok) == ("exit 3", 3, False)
    assert result.findings.shortfalls == ()
    assert result.story() == ["the command ended with exit code 3"]


async def test_what_the_audit_found_is_told_beside_an_exit_code() -> None:
    program = shlex.join(provider("loses")) + "; exit 3"
    result = await played("sh", "-c", program)
    assert result.verdict == "exit 3"
    assert "lost 100, expected at most 0" in result.story()


async def test_a_timeout_is_a_result(quiet: Path) -> None:
    result = await played("sh", "-c", "sleep 3600", story=quiet, timeout="100ms")
    assert (result.verdict, result.ok) == ("timeout", False)
    assert result.summary.startswith("the command had not ended after 100ms: killed")


async def test_a_command_that_sends_nothing_is_never_green(quiet: Path) -> None:
    result = await played("true", story=quiet)
    assert (result.verdict, result.exit_code, result.ok) == ("nothing sent", 0, False)
    assert result.findings.numbers()["lost"] == 200
    [note] = result.notes
    assert "it never connected" in note


async def test_nothing_sent_is_not_green_where_nothing_has_to_arrive(tmp_path: Path) -> None:
    story = tmp_path / "lenient.toml"
    story.write_text(f"{QUIET}[expect]\nlost = 1000\n")
    result = await played("true", story=story)
    assert (result.verdict, result.findings.shortfalls) == ("nothing sent", ())


async def test_one_that_only_connects_is_told_so(quiet: Path) -> None:
    result = await played_with("stream.close()", story=quiet)
    assert result.verdict == "nothing sent"
    [note] = result.notes
    assert "it connected to the gateway and sent no notification" in note
    assert "as Node does where it does not trust our CA" in note


async def test_one_that_takes_feedback_for_the_gateway_is_told_so(quiet: Path) -> None:
    program = """if True:
        import os, socket, ssl
        address = os.environ["APNS_GATEWAY_HOST"], int(os.environ["APNS_FEEDBACK_PORT"])
        context = ssl.create_default_context(cafile=os.environ["APNS_CA"])
        context.load_cert_chain(os.environ["APNS_PEM"])
        with socket.create_connection(address) as transport:
            with context.wrap_socket(transport, server_hostname="localhost") as stream:
                stream.sendall(b"\\0\\0\\x20" + bytes(32) + b"\\0\\2{}")
                stream.recv(1)
    """
    result = await played(sys.executable, "-c", program, story=quiet)
    [note] = result.notes
    assert "it never connected" in note
    assert "look like a notification: send it to the gateway, at port" in note


STRANGER = """if True:
    import os, socket, ssl
    address = os.environ["APNS_GATEWAY_HOST"], int(os.environ["APNS_GATEWAY_PORT"])
    context = ssl.create_default_context(cafile=os.environ["APNS_CA"])
    %s
    try:
        with socket.create_connection(address) as transport:
            context.wrap_socket(transport, server_hostname="localhost").recv(1)
    except ssl.SSLError:
        pass
"""


async def test_a_stranger_is_told_why_nobody_let_it_in(quiet: Path) -> None:
    program = STRANGER % ""
    result = await played(sys.executable, "-c", program, story=quiet)
    assert result.verdict == "nothing sent"
    [why] = result.refused
    assert why.startswith("connection 1 was refused, no-client-certificate: the client presented")
    assert "it was refused 1 time and gave up" in result.story()


@pytest.mark.parametrize(
    ("careless", "refused"),
    [
        ("", "disturbed in the handshake by step 1 of the story, bad_certificate"),
        (
            "context.check_hostname, context.verify_mode = False, ssl.CERT_NONE",
            "refused, no-client-certificate: the client presented no certificate",
        ),
    ],
)
async def test_only_what_the_story_asked_for_is_told_by_its_step(
    tmp_path: Path, careless: str, refused: str
) -> None:
    story = tmp_path / "bad.toml"
    story.write_text('about = "A test."\n[[step]]\nfault = "bad_certificate"\nhow = "expired"\n')
    program = STRANGER % careless
    result = await played(sys.executable, "-c", program, story=story)
    [told] = result.refused
    assert told.startswith(f"connection 1 was {refused}")


async def test_what_the_story_itself_refused_is_told_by_its_step() -> None:
    result = await played("sh", "-c", shlex.join(provider("loses")), story="connection-refused")
    assert (result.verdict, [cause.name for cause in result.causes]) == (
        "exit 1",
        ["nothing sent/gave-up"],
    )
    assert "connection 1 was refused by step 1 of the story, refuse" in result.story()


async def test_whom_nobody_lets_in_has_one_cause_however_its_command_ends(quiet: Path) -> None:
    program = """if True:
        import os, socket, ssl
        address = os.environ["APNS_GATEWAY_HOST"], int(os.environ["APNS_GATEWAY_PORT"])
        with socket.create_connection(address) as transport:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(
                transport, server_hostname="localhost"
            )
    """
    result = await played(sys.executable, "-c", program, story=quiet)
    assert result.verdict == "exit 1"
    [cause] = result.causes
    assert cause.name == "nothing sent/client-does-not-trust-ca"
    assert cause.advice.startswith("The client does not trust our CA")


async def test_one_that_sent_nothing_at_all_has_a_cause_and_advice(quiet: Path) -> None:
    result = await played("true", story=quiet)
    assert [cause.name for cause in result.causes] == ["nothing sent"]
    assert "APNS_GATEWAY_HOST" in result.lessons[0]


async def test_a_command_that_is_gone_in_the_middle_cannot_start(quiet: Path) -> None:
    result = await played("/nowhere/sender", story=quiet)
    assert (result.verdict, result.exit_code, result.ok) == ("cannot start", None, False)
    assert result.summary == "cannot start /nowhere/sender: No such file or directory"


async def test_a_machine_that_has_no_room_for_a_folder(
    quiet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    result = await played("true", story=quiet)
    assert result.verdict == "cannot start"
    assert "No space left on device" in result.summary


# ---- what else is told ------------------------------------------------------------------


async def test_a_story_in_which_nothing_went_wrong_was_not_played() -> None:
    result = await played(*provider("replays"), count=20)
    assert (result.verdict, result.ok) == ("not played", False)
    assert result.summary.startswith(
        "no fault of this scenario fired, so it proves nothing: reject on notification 100; 21 "
    )
    assert result.summary.endswith("feedback was not asked")


async def test_what_was_no_notification_is_noted(quiet: Path) -> None:
    result = await played_with("stream.sendall(bytes([9] * 50)); stream.recv(6)", story=quiet)
    assert result.verdict == "nothing sent"
    assert result.notes[1].startswith("1 frame was malformed")


async def test_what_a_slow_server_has_not_read_yet_counts(tmp_path: Path) -> None:
    story = tmp_path / "slow.toml"
    story.write_text(f'{QUIET}[[step]]\nfault = "throttle"\nbytes_per_second = "16KiB"\n')
    # More than a record of TLS, which is read whole: the rest has to wait.
    program = 'stream.sendall(b"".join(client.work().values()))'
    result = await played_with(program, story=story, count=600)
    assert (result.verdict, result.findings.numbers()["accepted"]) == ("passed", 600)


async def test_a_record_that_was_cut_is_no_ground_for_a_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(play_module, "MAX_ENTRIES", 50)
    monkeypatch.setattr(play_module, "TIMES", 0)
    result = await played(*provider("replays"))
    assert result.verdict == "failed"
    assert "were dropped from the record" in result.summary


async def test_the_record_is_kept_for_those_who_draw_it() -> None:
    assert (await played(*provider("replays"))).entries == ()
    result = await played(*provider("replays"), keep_entries=True)
    first = result.entries[0]
    assert isinstance(first, ServerStarted)
    assert (first.scenario, first.seed) == (BURST, 1)
    assert len(result.entries) > 200


async def test_the_line_that_does_it_again_has_all_that_matters() -> None:
    [trial] = choose_trials([BURST], 5, 1)
    setup = Setup(("./sender", "a b", "--scenario"), 20, "1m30s")
    assert setup.rerun(trial) == (
        f"fakeapns chaos --scenario {BURST} --seed 5 --count 20 --timeout 1m30s "
        "-- ./sender 'a b' --scenario"
    )
    odd = msgspec.structs.replace(trial, given="\udcff.toml")
    assert "--scenario '\\udcff.toml' --seed" in setup.rerun(odd)


async def test_a_change_of_a_device_that_came_to_nothing_has_not_fired(tmp_path: Path) -> None:
    story = tmp_path / "vain.toml"
    step = '[[step]]\nfault = "device"\ndo = "wake"\ndevice = "1b"\n'
    story.write_text(f"{QUIET}{step}")
    result = await played(*provider("replays"), story=story, count=20)
    assert (result.verdict, result.faults_fired) == ("not played", {})
    assert "no fault of this scenario fired; one had no effect: no device has this " in (
        result.summary
    )


async def test_a_story_of_broadcasts_is_not_played_with_who_sends_none(tmp_path: Path) -> None:
    story = tmp_path / "broadcast.toml"
    channel = 'channel = "AAAA"\n'
    story.write_text(
        f'{QUIET}[[channel]]\ntopic = "com.example.app"\nid = "AAAA"\n'
        f"[[push]]\n{channel}count = 1\n[[push]]\n"
    )
    result = await played(*provider("replays"), story=story, count=20)
    assert result.verdict == "not played"
    assert [cause.name for cause in result.causes] == ["not played/broadcast"]
