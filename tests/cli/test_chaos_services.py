"""`fakeapns chaos --service`: for whom a story is, and to whom a command sends."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner

from fakeapns.cli import main
from fakeapns.cli.stopping import Stop
from tests.chaos.stories import QUIET, ROOT, provider
from tests.processes import run

TO_THE_GATEWAY = provider("replays")
TO_THE_API = provider("heeds_http2")
SEND = (sys.executable, "-m", "fakeapns", "send")
FOR_API = QUIET + 'services = ["api"]\n'
FOR_BOTH = QUIET + 'services = ["gateway", "api"]\n'


def chaos(folder: Path, *options: str, command: Sequence[str]) -> CompletedProcess[str]:
    """What comes of a command with three stories: for senders to one service, the other, and both.

    What is said of each is in `report.json`.
    """
    for name, text in (("api", FOR_API), ("both", FOR_BOTH), ("gateway", QUIET)):
        (folder / f"{name}.toml").write_text(text)
    given = ("--scenario", "*.toml", "--count", "5", "--json", "report.json")
    return run("chaos", *given, *options, "--", *command, cwd=folder, env={"PYTHONPATH": ROOT})


def report(folder: Path) -> dict[str, object]:
    """Service, stories played and how many were left out."""
    whole = json.loads((folder / "report.json").read_text())
    verdicts = {each["scenario"]: each["verdict"] for each in whole["trials"]}
    return {"service": whole["service"], "left_out": whole["left_out"], **verdicts}


@pytest.mark.parametrize(
    ("command", "service"), [(TO_THE_GATEWAY, "gateway"), (TO_THE_API, "api"), (SEND, "gateway")]
)
def test_the_service_is_found_out_in_a_first_trial(
    tmp_path: Path, command: tuple[str, ...], service: str
) -> None:
    done = chaos(tmp_path, command=command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.splitlines()[0] == (
        f"The command sends to the {service}: 2 stories are for such senders, 1 is "
        "not and left out."
    )
    assert report(tmp_path) == {
        "service": service,
        "left_out": 1,
        "both.toml": "passed",
        f"{service}.toml": "passed",
    }
    assert done.stdout.splitlines()[-1] == "2 of 2 passed"
    # It is in no report.
    assert "first trial" not in done.stdout


@pytest.mark.parametrize("service", ["api", "gateway"])
def test_send_speaks_what_chaos_was_asked_for(tmp_path: Path, service: str) -> None:
    done = chaos(tmp_path, "--service", service, command=SEND)
    assert done.returncode == 0, done.stdout + done.stderr
    assert report(tmp_path)[f"{service}.toml"] == "passed"


@pytest.mark.parametrize(
    ("command", "asked", "other", "named"),
    [
        (TO_THE_GATEWAY, "api", "gateway", "the gateway"),
        (TO_THE_API, "gateway", "api", "the provider API"),
    ],
)
def test_who_speaks_to_the_other_service_is_told_which(
    tmp_path: Path, command: tuple[str, ...], asked: str, other: str, named: str
) -> None:
    done = chaos(tmp_path, "--service", asked, command=command)
    assert done.returncode == 4
    assert f"the command sends to {named}, and is played with as one that sends to " in done.stdout
    assert f"say --service {other}" in done.stdout
    # One cause for all.
    assert f"another service than it was taken for: it speaks to {named}" in done.stdout
    assert "cause 1 of" not in done.stdout
    assert set(report(tmp_path).values()) == {asked, 1, "nothing sent"}


def test_a_command_that_sends_nothing_is_one_sentence(tmp_path: Path) -> None:
    done = chaos(tmp_path, command=["sh", "-c", "echo Error: no key >&2; exit 3"])
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith(
        "Error: the command sent nothing in a first trial, in which nothing goes wrong (exit code "
        "3, Error: no key): it never connected: the provider API is at APNS_API_URL, the gateway "
    )
    assert sentence.endswith(
        "with --service gateway or --service api the stories are played all the same"
    )
    # Nobody takes an older report for this one's.
    assert json.loads((tmp_path / "report.json").read_text())["interrupted"]


def test_whom_nobody_lets_in_is_told_why(tmp_path: Path) -> None:
    program = (
        "import os, socket, ssl\n"
        "server = os.environ['APNS_API_HOST'], int(os.environ['APNS_API_PORT'])\n"
        "with socket.create_connection(server) as transport:\n"
        "    ssl.create_default_context().wrap_socket(transport, server_hostname='localhost')\n"
    )
    command = ["env", "-u", "SSL_CERT_FILE", sys.executable, "-c", program]
    done = chaos(tmp_path, command=command)
    [sentence] = done.stderr.splitlines()
    assert "it was refused 1 time and gave up" in sentence
    assert "was refused, client-does-not-trust-ca: the client does not trust our CA" in sentence


def test_where_no_story_is_for_the_sender_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(QUIET)
    options = ("--service", "api", "--scenario", "gateway.toml")
    done = run("chaos", *options, "--", "true", cwd=tmp_path, env={"PYTHONPATH": ROOT})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: the story is not for those who send to the api: ")


def test_stopped_in_the_first_trial_it_says_that_nothing_was_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(self: Stop, work: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Stop, "run", at_once)
    (tmp_path / "quiet.toml").write_text(QUIET)
    options = ["--scenario", str(tmp_path / "quiet.toml")]
    done = CliRunner().invoke(main, ["chaos", *options, "--", "true"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: interrupted: 0 of 1 scenarios were played, the rest was not\n"


def test_a_command_of_which_all_is_refused_is_told_the_answer_at_once(tmp_path: Path) -> None:
    done = chaos(tmp_path, command=(*SEND, "--service", "api", "--collapse-id", "x" * 65))
    assert done.returncode == 1
    assert "5 of 5 notifications were refused with 400 BadCollapseId (the first: " in done.stderr
    assert "in a first trial in which nothing goes wrong" in done.stderr


def test_stories_that_want_another_count_are_named(tmp_path: Path) -> None:
    (tmp_path / "many.toml").write_text(FOR_API + "[expect]\nmin_accepted = 10\n")
    done = chaos(tmp_path, "--service", "api", command=TO_THE_API)
    assert "Warning: what many.toml expects is counted for other numbers than" in done.stderr
    assert "both.toml" not in done.stderr.partition("Warning")[2].splitlines()[0]
