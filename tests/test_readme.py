"""Every block of the README and of the page about scenarios runs; what cannot is named here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import fakeapns
from fakeapns.scenario.faults import FAULTS, Fault
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.toml import parse_scenario

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
FORMAT = (ROOT / "scenarios" / "FORMAT.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README + FORMAT, re.MULTILINE | re.DOTALL)

#: Blocks that are run elsewhere, by how they begin.
ELSEWHERE = {
    # tests/test_packaging.py runs it in a fresh environment.
    "demo": "python3.11 -m venv .venv && .venv/bin/pip install --quiet '.[server]'",
    # This test run is what it does; the CI script takes the command from here.
    "tests": "python3.11 -m venv .venv && .venv/bin/pip install --quiet --editable '.[test]'",
}

INI = """
[pytest]
trio_mode = true
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""

#: What stands for the reader's own code in the first example.
PUSH_SERVICE = """
import pytest
import trio
from fakeapns.provider.sender import Outgoing, open_tls, send

@pytest.fixture
def push_service(apns):
    class PushService:
        def send(self, tokens, text):
            payload = b'{"aps":{"alert":"%s"}}' % text.encode()
            outgoing = [Outgoing(bytes.fromhex(token), payload) for token in tokens]
            context = apns.ssl_context()
            address = apns.gateway.host, apns.gateway.port
            trio.run(send, lambda: open_tls(*address, context), outgoing)
    return PushService()
"""


def blocks(language: str) -> list[str]:
    """The texts of all blocks in this language."""
    return [text for name, text in BLOCKS if name == language]


PYTHON = blocks("python")
TOML = blocks("toml")
SHELL = [text for text in blocks("sh") if not text.startswith(tuple(ELSEWHERE.values()))]


def test_every_language_of_the_pages_is_run() -> None:
    # console: the output of `serve` and `chaos`, held against real ones in tests/cli.
    assert {name for name, _ in BLOCKS} == {"python", "sh", "toml", "console", "yaml"}
    assert len(SHELL) + len(ELSEWHERE) == len(blocks("sh"))


@pytest.mark.parametrize("text", [each for each in PYTHON if "def test_" in each])
def test_an_example_with_tests_passes(text: str, pytester: pytest.Pytester) -> None:
    pytester.makeini(INI)
    pytester.makeconftest(PUSH_SERVICE)
    pytester.makepyfile(test_example=text)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=text.count("def test_"))


@pytest.mark.parametrize("text", [each for each in PYTHON if "def test_" not in each])
def test_an_example_program_runs(text: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", text], check=True, timeout=60)


@pytest.mark.parametrize("text", SHELL)
def test_a_shell_example_runs(text: str, tmp_path: Path) -> None:
    # What the page calls so is the first file that it shows.
    (tmp_path / "story.toml").write_text(TOML[0])
    scripts = sysconfig.get_path("scripts")
    server = ""
    if "fakeapns serve" not in text:
        # These are typed "in the other terminal".
        server = (
            "fakeapns serve --quiet --ready-file r.json & server=$!\n"
            "trap 'kill $server; wait $server' EXIT\n"
            "fakeapns ready --ready-file r.json --wait 30\n"
        )
    done = subprocess.run(
        ["bash", "-m", "-euo", "pipefail", "-c", server + text],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_the_ci_job_runs_and_takes_ten_lines(tmp_path: Path) -> None:
    [job] = blocks("yaml")
    assert len(job.splitlines()) <= 10
    # Installing is what every other test of the package begins with.
    [install, run] = re.findall(r"^    - run: (.*)$", job, re.MULTILINE)
    assert install == "python3 -m pip install ./fakeapns"
    sender = tmp_path / "my-sender"
    sender.write_text("#!/bin/sh\nexec fakeapns send --confirm --tries 20 --feedback\n")
    sender.chmod(0o755)
    scripts = sysconfig.get_path("scripts")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", run.replace("--jobs", "--scenario 'drop-*' --jobs")],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "4 of 4 passed" in done.stdout
    assert {path.name for path in tmp_path.glob("chaos.*")} == {"chaos.xml", "chaos.html"}


@pytest.mark.parametrize("text", TOML)
def test_an_example_of_a_scenario_is_one(text: str) -> None:
    assert parse_scenario(text).about.endswith(".")


def test_the_smallest_scenario_is_what_the_shell_example_checks() -> None:
    assert "fakeapns check story.toml" in FORMAT
    assert TOML[0] in FORMAT.partition("story.toml")[0]


def test_the_fault_that_shows_how_to_add_one_is_a_fault() -> None:
    [text] = [each for each in PYTHON if "class Silence" in each]
    names: dict[str, type[Fault]] = {}
    exec(text, names)
    assert names["Silence"]().name == "silence"


def test_the_tables_of_settings_and_options_are_complete() -> None:
    from fakeapns.cli.chaos import chaos
    from fakeapns.cli.serve import serve

    for name in Settings.__struct_fields__:
        assert f"`{name}`" in README
    options = [option for option in (*serve.params, *chaos.params) if option.name != "command"]
    for option in options:
        for spelled in option.opts:
            assert f"`{spelled}" in README, spelled


def test_the_faults_are_all_described() -> None:
    table = README.partition("| fault | what the sender sees |")[2].partition("\n\n")[0]
    described = re.findall(r"`(\w+)\(", table)
    assert sorted(described) == sorted(fault.__name__ for fault in FAULTS)
    assert set(described) <= set(fakeapns.__all__)
    # What they take is in a page that is made from the types.
    assert "](scenarios/REFERENCE.md)" in README


def test_ledger_keys_are_all_described() -> None:
    from fakeapns.ledger import entries
    from fakeapns.ledger.entries import Entry, Notification

    kinds: list[type[Entry]] = [Notification, *Entry.__subclasses__()]
    assert entries.FeedbackSent in kinds
    renamed = {"token_bytes": "token", "payload_bytes": "payload"}
    for kind in kinds:
        row = next(
            line
            for line in README.splitlines()
            if line.startswith(f"| `{kind.__struct_config__.tag}` |")
        )
        for field in set(kind.__struct_fields__) - set(Entry.__struct_fields__):
            assert f"`{renamed.get(field, field)}`" in row
