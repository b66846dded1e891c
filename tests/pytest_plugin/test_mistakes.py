"""What people do wrong, and the sentence that they get."""

from __future__ import annotations

import re

import pytest

from fakeapns import FakeAPNs


def told(project: pytest.Pytester, source: str, *options: str) -> str:
    """Run tests that fail; what is said about it. Nothing of our own code is shown."""
    project.makepyfile(source)
    result = project.runpytest_inprocess(*options)
    outcomes = result.parseoutcomes()
    assert outcomes.keys() & {"failed", "error", "errors"}, outcomes
    text = "\n".join(result.outlines)
    # Nor of what ours calls through.
    assert re.findall(r"^\S*(?:\bfakeapns/[\w/]+|/contextlib)\.py:\d+", text, re.MULTILINE) == []
    assert "During handling" not in text
    return text


@pytest.mark.parametrize(
    "use",
    [
        "apns_trio.gateway.port",
        "apns_trio.feedback.host",
        "trio.run(apns_trio.connect)",
        "trio.run(apns_trio.wait_for)",
        "trio.run(apns_trio.wait_for_feedback_read)",
        "trio.run(apns_trio.wait_until_quiet, 1)",
        "trio.run(apns_trio.renew)",
    ],
)
def test_a_server_that_was_not_entered(project: pytest.Pytester, use: str) -> None:
    text = told(project, f"import trio\ndef test_forgot(apns_trio):\n    {use}\n")
    assert "the server is not running: enter it with" in text
    assert "`async with`" in text


def test_an_unknown_argument_of_the_marker(project: pytest.Pytester) -> None:
    text = told(
        project,
        """
        import pytest

        @pytest.mark.apns(token="registered")
        def test_marked(apns):
            pass
        """,
    )
    assert "argument of pytest.mark.apns 'token' does not exist; did you mean tokens?" in text
    assert "Error" not in text


def test_an_unknown_argument_of_the_marker_for_the_factory(project: pytest.Pytester) -> None:
    source = "def test_made(make_apns): pass"
    text = told(project, f"import pytest\n@pytest.mark.apns(token='registered')\n{source}\n")
    assert "argument of pytest.mark.apns 'token' does not exist; did you mean tokens?" in text
    assert "Error" not in text


def test_an_unknown_argument_of_the_factory(project: pytest.Pytester) -> None:
    text = told(project, "def test_made(make_apns):\n    make_apns(scenaro='drop-by-reset')\n")
    assert "argument of make_apns 'scenaro' does not exist; did you mean scenario?" in text


def test_a_positional_argument_of_the_marker(project: pytest.Pytester) -> None:
    text = told(
        project,
        """
        import pytest

        @pytest.mark.apns("registered")
        def test_marked(apns):
            pass
        """,
    )
    assert "pytest.mark.apns takes keyword arguments only, those of FakeAPNs: name each" in text


@pytest.mark.parametrize("fixture", ["apns", "apns_trio"])
def test_a_scenario_that_does_not_exist(project: pytest.Pytester, fixture: str) -> None:
    text = told(
        project,
        f"""
        import pytest

        @pytest.mark.apns(scenario="drop-by-rest")
        def test_marked({fixture}):
            pass
        """,
    )
    assert "unknown scenario 'drop-by-rest'" in text
    assert "did you mean drop-by-reset?" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("service", ["gateway", "feedback", "api", "plain_api", "proxy"])
def test_two_servers_on_one_port(project: pytest.Pytester, service: str) -> None:
    text = told(
        project,
        f"""
        def test_two(make_apns):
            first = make_apns(plain_api_port=0, proxy_port=0)
            make_apns({service}_port=first.{service}.port)
        """,
    )
    assert "is taken by another FakeAPNs, started in test_two_servers_on_one_port" in text
    assert "give no port, and each server gets a free one" in text


def test_a_port_that_somebody_else_has(project: pytest.Pytester) -> None:
    text = told(
        project,
        """
        import socket

        def test_taken(make_apns):
            with socket.create_server(("127.0.0.1", 0)) as taken:
                make_apns(gateway_port=taken.getsockname()[1])
        """,
    )
    assert "is in use: stop what listens there, or choose another" in text


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
@pytest.mark.parametrize(
    "wait", ["wait_for(timeout=0.01)", "assert_accepted(1)", "assert_audit([(bytes(32), {})])"]
)
def test_a_wait_that_blocked_the_loop_of_the_sender(
    project: pytest.Pytester, loop: str, wait: str
) -> None:
    text = told(
        project,
        f"""
        import pytest

        @pytest.mark.{loop}
        async def test_blocked(apns):
            apns.{wait}
        """,
    )
    assert f"If more was to be sent from the {loop} loop" in text
    assert f"await apns.{wait.partition('(')[0]}_async(…) instead" in text


@pytest.mark.parametrize("wait", ["wait_for(0)", "wait_until_quiet(0)", "reset()"])
def test_awaiting_what_blocks(project: pytest.Pytester, wait: str) -> None:
    text = told(
        project,
        f"""
        import asyncio

        def test_awaited(apns):
            async def main():
                await apns.{wait}
            asyncio.run(main())
        """,
    )
    assert "leave out `await`, or await the twin whose name ends in _async" in text


def test_awaiting_something_else_is_left_alone(project: pytest.Pytester) -> None:
    text = told(
        project,
        """
        import asyncio

        def test_awaited(apns):
            async def main():
                await len([])
            asyncio.run(main())
        """,
    )
    assert "_async" not in text


@pytest.mark.parametrize(
    "wrong",
    ["TypeError('cannot await this')", "Silent('cannot await this')"],
)
def test_an_exception_without_source_or_text_does_not_end_the_run(
    project: pytest.Pytester, wrong: str
) -> None:
    project.makepyfile(
        f"""
        class Silent(TypeError):
            def __str__(self):
                raise RuntimeError("nothing to say")

        def test_wrong(apns):
            exec(compile("raise {wrong}", "<made up>", "exec"), {{"Silent": Silent}})

        def test_next(apns): pass
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_a_server_in_a_thread_is_not_entered_with_async(project: pytest.Pytester) -> None:
    text = told(
        project,
        """
        import asyncio

        def test_entered(apns):
            async def main():
                async with apns:
                    pass
            asyncio.run(main())
        """,
    )
    assert "this server has a thread of its own: write `with`, without `async`" in text


def test_the_trio_form_is_entered_with_async(project: pytest.Pytester) -> None:
    text = told(
        project,
        """
        def test_entered(apns_trio):
            with apns_trio:
                pass
        """,
    )
    assert "write `async with`, or `with FakeAPNs().in_thread()`" in text


def test_entering_the_fixtures_server_again(project: pytest.Pytester) -> None:
    text = told(project, "def test_entered(apns):\n    with apns:\n        pass\n")
    assert "running already, as those of the fixtures are: use it, without `with`" in text


def test_the_marker_does_not_reach_the_server_of_the_session(project: pytest.Pytester) -> None:
    text = told(
        project,
        """
        import pytest

        @pytest.mark.apns(tokens="registered")
        def test_marked(apns_session):
            pass
        """,
    )
    assert "pytest.mark.apns does not apply to apns_session" in text
    assert "use the fixture apns, or override apns_session_arguments" in text


def test_an_unknown_argument_of_the_session(project: pytest.Pytester) -> None:
    project.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def apns_session_arguments():
            return {"token": "registered"}
        """
    )
    text = told(project, "def test_session(apns_session): pass")
    assert "argument of apns_session_arguments 'token' does not exist; did you mean" in text


@pytest.mark.parametrize(
    ("ini", "sentence"),
    [
        ("apns_trace = always", "apns_trace is 'always': write one of off, on, retain-on-failure"),
        ("apns_seed = seven", "apns_seed is 'seven': write a whole number"),
    ],
)
def test_a_wrong_ini_key(project: pytest.Pytester, ini: str, sentence: str) -> None:
    project.makeini(f"[pytest]\n{ini}\n")
    result = project.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {sentence}"])


def test_what_has_happened_can_be_had_when_the_server_is_over() -> None:
    """A wait is refused only where it would be in vain."""
    import trio

    async def main() -> None:
        apns = FakeAPNs()
        assert await apns.wait_for(0) == []

    trio.run(main)
