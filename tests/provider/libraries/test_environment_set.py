"""A client in another process, or in this one, is told by its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs, UsageError
from fakeapns.provider.libraries import environment_set

from .on_purpose import OnPurpose, fails_on_purpose

TOKEN = "1b" * 32


def test_a_child_process_finds_the_server_by_its_environment(apns: ThreadedAPNs) -> None:
    subprocess.run(
        [sys.executable, "-m", "fakeapns", "send", "--count", "3"],
        env={**os.environ, **apns.environment()},
        check=True,
        capture_output=True,
        timeout=60,
    )
    apns.assert_accepted(3)


@pytest.mark.apns(topics=["com.example.one", "com.example.two"])
def test_the_environment_is_for_a_topic(apns: ThreadedAPNs) -> None:
    assert apns.environment()["APNS_TOPIC"] == "com.example.one"
    second = apns.environment("com.example.two")
    assert second["APNS_TOPIC"] == "com.example.two"
    assert second["APNS_PEM"] == apns.client_certificate("com.example.two").pem_file


def test_the_environment_is_for_a_runtime(apns: ThreadedAPNs) -> None:
    assert "trustStore=" in apns.environment()["JAVA_TOOL_OPTIONS"]
    assert "JAVA_TOOL_OPTIONS" not in apns.environment(runtime="node")
    assert "trustStore=" in apns.environment(runtime="java")["JAVA_TOOL_OPTIONS"]
    port = apns.gateway.port
    assert apns.environment(runtime="ruby")["APN_GATEWAY_URI"].endswith(f":{port}")
    with pytest.raises(UsageError, match=r"runtime 'jvaa' does not exist; did you mean java\?"):
        apns.environment(runtime="jvaa")


def test_a_server_that_does_not_run_has_no_environment() -> None:
    with pytest.raises(UsageError, match="the server is not running: enter it with"):
        FakeAPNs().environment()
    with pytest.raises(UsageError, match="the server is not running"), FakeAPNs().in_environment():
        pass


async def test_the_trio_form_has_the_same() -> None:
    async with FakeAPNs() as apns:
        with apns.in_environment():
            assert os.environ["APNS_GATEWAY_PORT"] == str(apns.gateway.port)


def test_this_process_has_its_own_environment_back(
    apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APNS_GATEWAY_HOST", "gateway.example.com")
    monkeypatch.delenv("APNS_PEM", raising=False)
    before = dict(os.environ)
    with apns.in_environment("com.example.other"):
        assert os.environ["APNS_GATEWAY_HOST"] == apns.gateway.host
        assert os.environ["APNS_TOPIC"] == "com.example.other"
        del os.environ["APNS_PEM"]
    assert dict(os.environ) == before
    with fails_on_purpose(), apns.in_environment():
        raise OnPurpose
    assert dict(os.environ) == before


def test_what_else_changes_in_the_environment_is_left_alone(
    apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMEBODY_ELSES", "before")
    with apns.in_environment():
        os.environ["SOMEBODY_ELSES"] = "after"
    assert os.environ["SOMEBODY_ELSES"] == "after"


def test_environments_can_be_nested(apns: ThreadedAPNs, other: ThreadedAPNs) -> None:
    with apns.in_environment():
        with other.in_environment():
            assert os.environ["APNS_GATEWAY_PORT"] == str(other.gateway.port)
        assert os.environ["APNS_GATEWAY_PORT"] == str(apns.gateway.port)


def test_environments_of_two_threads_may_end_in_any_order(
    apns: ThreadedAPNs, other: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APNS_GATEWAY_PORT", "2195")
    monkeypatch.delenv("APNS_PEM", raising=False)
    before = dict(os.environ)
    first, second = apns.in_environment(), other.in_environment()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert os.environ["APNS_GATEWAY_PORT"] == str(other.gateway.port)
    assert "APNS_PEM" in os.environ
    second.__exit__(None, None, None)
    assert dict(os.environ) == before


def test_what_cannot_be_set_leaves_nothing_behind() -> None:
    before = dict(os.environ)
    with pytest.raises(TypeError), environment_set(lambda: {"APNS_A": "1", "APNS_B": wrong()}):
        pass
    assert dict(os.environ) == before


def wrong() -> Any:
    """What no variable can be."""
    return 5


def test_helpers_cost_nothing_until_they_are_used() -> None:
    program = (
        "import fakeapns.fake.in_trio, fakeapns.fake.in_thread, sys; "
        "print('fakeapns.provider.libraries' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "False\n"
