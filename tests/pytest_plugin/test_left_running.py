"""Servers that nobody stopped are stopped, and told of by the name of the test."""

from __future__ import annotations

import pytest


def test_a_server_that_a_test_leaves_running_is_an_error_of_its_teardown(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        import threading
        from fakeapns import FakeAPNs

        def test_forgets():
            apns = FakeAPNs().in_thread()
            apns.start()

        def test_next():
            assert "fakeapns" not in {thread.name for thread in threading.enumerate()}
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_forgets*",
            "*::test_forgets has left a server running (gateway 127.0.0.1:*); it is stopped now: "
            "use `with FakeAPNs().in_thread() as apns:`, call stop(), or ask make_apns for it",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*--full-trace*")


def test_one_that_a_fixture_of_the_test_leaves_is_too(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from fakeapns import FakeAPNs

        @pytest.fixture
        def server():
            apns = FakeAPNs().in_thread()
            apns.start()
            return apns

        def test_uses(server): pass
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*::test_uses has left a server running*"])


FOR_ALL = """
    import pytest
    from fakeapns import FakeAPNs

    @pytest.fixture(scope="session")
    def server():
        apns = FakeAPNs().in_thread()
        apns.start()
        return apns
"""


@pytest.mark.parametrize(
    "options",
    [[], pytest.param(["-n", "2"], id="xdist")],
)
def test_one_of_a_session_is_left_to_its_end_and_told_in_the_summary(
    project: pytest.Pytester, options: list[str]
) -> None:
    project.makeconftest(FOR_ALL)
    project.makepyfile(
        """
        def test_uses(request):
            # Late, and restarted within a test: it still belongs to the session.
            request.getfixturevalue("server").restart()

        def test_uses_it_again(server):
            assert server.gateway.port
        """
    )
    result = project.runpytest_subprocess(*options)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["*= fakeapns =*", "the fixture server has left a server running (gateway 127.0.0.1:*"]
    )


def test_one_that_a_module_started_is_told_of_too(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    project.makepyfile(
        """
        from fakeapns import FakeAPNs
        apns = FakeAPNs().in_thread()
        apns.start()
        def test_uses(): assert apns.gateway.port
        """
    )
    result = project.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["something outside of any test has left a server running*"])


def test_what_is_stopped_in_time_is_nobodys_business(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from fakeapns import FakeAPNs

        @pytest.fixture(scope="module")
        def server():
            with FakeAPNs().in_thread() as apns:
                yield apns

        def test_with():
            with FakeAPNs().in_thread():
                pass

        def test_finalizer(request):
            apns = FakeAPNs().in_thread()
            apns.start()
            request.addfinalizer(apns.stop)

        def test_made(make_apns, server):
            make_apns()
            server.restart()

        def test_stopped_twice(apns):
            apns.stop()
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=4)
    result.stdout.no_fnmatch_line("*left a server*")


def test_our_hook_is_not_shown_where_a_fixture_fails_in_its_teardown(
    project: pytest.Pytester,
) -> None:
    project.makeconftest(
        """
        import pytest

        @pytest.fixture
        def fragile():
            yield
            raise RuntimeError("its own teardown")
        """
    )
    project.makepyfile("def test_uses(fragile): pass")
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*RuntimeError: its own teardown"])
    result.stdout.no_fnmatch_line("*pytest_plugin*")


def test_a_leak_never_hides_what_went_wrong_first(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from fakeapns import FakeAPNs

        @pytest.fixture
        def fragile():
            yield
            raise RuntimeError("its own teardown")

        def test_forgets(fragile):
            FakeAPNs().in_thread().start()
            assert False, "its own failure"
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*RuntimeError: its own teardown",
            "*::test_forgets has left a server running*",
            "*its own failure*",
        ]
    )


def test_a_server_that_failed_never_hides_the_failure_of_its_test(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        import contextlib
        from fakeapns.protocol import encode_framed
        from sending import connect
        from tests.breaking import BrittleLedger

        def test_wrong(make_apns, tmp_path):
            for number in range(2):
                folder = tmp_path / str(number)
                folder.mkdir()
                brittle = BrittleLedger(folder)
                apns = make_apns(ledger=brittle.path)
                with connect(apns) as gateway, contextlib.suppress(OSError):
                    brittle.break_it()
                    gateway.sendall(encode_framed(bytes(32), b'{"aps":{}}'))
                    gateway.recv(1)
            assert False, "its own failure"
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*StartError: cannot write the ledger *",
            "*another server failed too: *",
            "*= FAILURES =*",
            "*its own failure*",
        ]
    )
