"""A function of a test that raises where a server calls it fails that test, and no other."""

from __future__ import annotations

import pytest

BROKEN = """
    import pytest
    from fakeapns import Drop
    from fakeapns.protocol import encode_framed
    from sending import connect, send

    def has_a_badge(push):
        return push.payload["aps"]["badge"] > 3

    def leave_a_mishap(apns):
        apns.inject(Drop(), where=has_a_badge)
        with connect(apns) as gateway:
            gateway.sendall(encode_framed(bytes(32), b'{"aps":{}}'))
        while not apns.accepted:
            apns.catch_up()
"""


@pytest.mark.parametrize("fixture", ["apns", "apns_session"])
def test_a_where_that_raises_fails_exactly_its_test_with_its_own_traceback(
    project: pytest.Pytester, fixture: str
) -> None:
    project.makepyfile(
        BROKEN
        + f"""
    def test_before({fixture}): send({fixture})

    def test_broken({fixture}): leave_a_mishap({fixture})

    def test_unrelated(): pass

    def test_next({fixture}): send({fixture})
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_broken _*",
            "*return push.payload*",
            "E * KeyError: 'badge'",
            "FAILED *::test_broken*",
        ]
    )
    result.stdout.no_fnmatch_line("*mishaps.py*")
    result.stdout.no_fnmatch_line("*starts anew*")


@pytest.mark.parametrize("fixture", ["apns", "apns_session"])
def test_an_app_that_fails_when_it_is_woken_fails_exactly_its_test(
    project: pytest.Pytester, fixture: str
) -> None:
    project.makepyfile(
        f"""
    from fakeapns.protocol import encode_framed
    from sending import connect, send

    def app(phone, push):
        return push.payload["no such key"]

    def test_before({fixture}): send({fixture})

    def test_broken({fixture}):
        phone = {fixture}.devices.add("com.example.app")
        phone.on_wake(app)
        with connect({fixture}) as gateway:
            aps = b'{{"aps":{{"content-available":1}}}}'
            gateway.sendall(encode_framed(phone.token_bytes, aps))

    def test_next({fixture}): send({fixture}, bytes(32))
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_broken _*",
            "*return push.payload*",
            "E * KeyError: 'no such key'",
            "FAILED *::test_broken*",
        ]
    )
    result.stdout.no_fnmatch_line("*reactions.py*")
    result.stdout.no_fnmatch_line("*received.py*")


def test_a_server_of_a_module_tells_the_test_that_met_it(project: pytest.Pytester) -> None:
    project.makepyfile(
        BROKEN
        + """
    from fakeapns import FakeAPNs

    @pytest.fixture(scope="module")
    def kept():
        with FakeAPNs().in_thread() as apns:
            yield apns

    def test_broken(kept): leave_a_mishap(kept)
    def test_next(kept):
        kept.clear_faults()
        send(kept)
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::test_broken*"])


def test_a_test_that_fails_by_itself_has_it_as_a_note(project: pytest.Pytester) -> None:
    project.makepyfile(
        BROKEN
        + """
    def test_broken(apns):
        leave_a_mishap(apns)
        assert False, "its own failure"
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*AssertionError: its own failure*",
            "*a function that the server called had raised KeyError: 'badge'",
        ]
    )


def test_an_outcome_of_pytest_is_that_of_the_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        BROKEN
        + """
    @pytest.mark.parametrize("end", [pytest.skip, pytest.fail])
    def test_ends(apns, end):
        apns.inject(Drop(), where=lambda push: end("by the function"))
        send(apns)
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(failed=1, skipped=1)


@pytest.mark.parametrize("fixture", ["apns", "apns_session"])
def test_what_is_raised_behind_the_test_fails_its_teardown(
    project: pytest.Pytester, fixture: str
) -> None:
    project.makepyfile(
        BROKEN
        + f"""
    @pytest.fixture
    def late({fixture}):
        yield
        leave_a_mishap({fixture})

    def test_late(late): pass
    def test_next({fixture}): send({fixture})
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["ERROR *::test_late*"])


def test_a_unittest_is_told_too(project: pytest.Pytester) -> None:
    project.makepyfile(
        BROKEN
        + """
    import unittest

    class Sending(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def _apns(self, apns):
            self.apns = apns

        def test_broken(self): leave_a_mishap(self.apns)
        def test_next(self): send(self.apns)
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=1)


def test_what_a_late_sender_meets_between_two_tests_is_told_of_by_name(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        BROKEN
        + """
    def test_first(apns_session): pass
    """
    )
    project.makeconftest(
        """
        import pytest

        @pytest.hookimpl(trylast=True)
        def pytest_runtest_logfinish(nodeid):
            from fakeapns.fake import RUNNING
            if "test_first" in nodeid:
                from test_what_a_late_sender_meets_between_two_tests_is_told_of_by_name import (
                    leave_a_mishap,
                )
                for apns in RUNNING:
                    leave_a_mishap(apns)
        """
    )
    project.makepyfile(test_second="def test_second(apns_session): pass")
    result = project.runpytest_inprocess(
        "test_what_a_late_sender_meets_between_two_tests_is_told_of_by_name.py", "test_second.py"
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        ["the server of apns_session has called a function under *::test_first that raised *"]
    )
