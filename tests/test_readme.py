"""Every Python and shell block of the README runs; what cannot is named here with the reason."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import fakeapns
from fakeapns.faults import Close, Drop, Reject, Shutdown, Stall
from fakeapns.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

#: Blocks that are run elsewhere, by how they begin.
ELSEWHERE = {
    # tests/test_packaging.py runs it in a fresh environment.
    "demo": "python3.11 -m venv .venv && .venv/bin/pip install --quiet '.[server]'",
    # This test run is what it does; the CI script takes the command from here.
    "tests": "python3.11 -m venv .venv && .venv/bin/pip install --quiet --editable '.[test]'",
}

#: What stands for the reader's own code in the first example.
PUSH_SERVICE = """
import pytest
import trio
from fakeapns.sender import Outgoing, open_tls, send

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
SHELL = [text for text in blocks("sh") if not text.startswith(tuple(ELSEWHERE.values()))]


def test_every_language_of_the_readme_is_run() -> None:
    # console: the output of `serve`, held against a real one in tests/cli.
    assert {name for name, _ in BLOCKS} == {"python", "sh", "console"}
    assert len(SHELL) + len(ELSEWHERE) == len(blocks("sh"))


@pytest.mark.parametrize("text", [each for each in PYTHON if "def test_" in each])
def test_an_example_with_tests_passes(text: str, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ntrio_mode = true\nfilterwarnings = error\n")
    pytester.makeconftest(PUSH_SERVICE)
    pytester.makepyfile(test_example=text)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=text.count("def test_"))


@pytest.mark.parametrize("text", [each for each in PYTHON if "def test_" not in each])
def test_an_example_program_runs(text: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", text], check=True, timeout=60)


@pytest.mark.parametrize("text", SHELL)
def test_a_shell_example_runs(text: str, tmp_path: Path) -> None:
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


def test_the_tables_of_settings_and_options_are_complete() -> None:
    from fakeapns.cli.serve import serve

    for name in Settings.__struct_fields__:
        assert f"`{name}`" in README
    for option in serve.params:
        for spelled in option.opts:
            assert f"`{spelled}" in README, spelled


def test_the_faults_are_all_described() -> None:
    for fault in (Reject, Drop, Shutdown, Stall):
        assert f"| `{fault.__name__}(" in README
        assert fault.__name__ in fakeapns.__all__
    for close in Close.__args__:  # type: ignore[attr-defined]
        assert f'"{close}"' in README


def test_ledger_keys_are_all_described() -> None:
    from fakeapns import entries
    from fakeapns.notification import Entry, Notification

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
