"""`apns_session` whose server fails, or ends under a test."""

from __future__ import annotations

import pytest


def test_a_failure_of_the_server_is_one_of_the_test_under_which_it_failed(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        import contextlib
        import pytest
        from fakeapns.protocol import encode_framed
        from sending import connect, send
        from tests.breaking import BrittleLedger

        @pytest.fixture(scope="session")
        def brittle(tmp_path_factory):
            return BrittleLedger(tmp_path_factory.mktemp("ledger"))

        @pytest.fixture(scope="session")
        def apns_session_arguments(brittle):
            return {"ledger": brittle.path}

        def test_breaks(apns_session, brittle):
            with connect(apns_session) as gateway, contextlib.suppress(OSError):
                brittle.break_it()
                gateway.sendall(encode_framed(bytes(32), b'{"aps":{}}'))
                gateway.recv(1)
            assert False, "its own failure"

        def test_next(apns_session):
            send(apns_session)
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_breaks*",
            "the server of apns_session has failed, and starts anew: *cannot write the ledger*",
            "*its own failure*",
        ]
    )


#: Ends the loop of a server without anything that a connection's task could catch.
ENDED = """
    import threading
    import trio
    from fakeapns import Drop
    from fakeapns.protocol import encode_framed
    from sending import connect, send

    def ends(apns):
        threads = []
        def leave():
            raise SystemExit("out of ideas")
        def in_its_loop(_):
            threads.append(threading.current_thread())
            trio.lowlevel.current_trio_token().run_sync_soon(leave)
        apns.inject(Drop(), where=in_its_loop)
        with connect(apns) as gateway:
            gateway.sendall(encode_framed(bytes(32), b'{"aps":{}}'))
            gateway.recv(1)
        threads[0].join()
"""


def test_a_server_whose_thread_has_ended_starts_anew_and_is_told_of_once(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        ENDED
        + """
    ports = []

    def test_ends(apns_session):
        ports.append(apns_session.gateway.port)
        ends(apns_session)

    def test_unrelated(): pass

    def test_next(apns_session):
        assert apns_session.gateway.port == ports[0]
        send(apns_session)
        apns_session.assert_accepted(1)
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_ends*",
            "the server of apns_session has failed, and starts anew: *SystemExit*out of ideas*",
        ]
    )


def test_a_test_that_does_not_use_it_never_fails_for_it(project: pytest.Pytester) -> None:
    project.makepyfile(
        ENDED
        + """
    import pytest

    kept = []

    def test_first(apns_session): kept.append(apns_session)

    def test_in_which_it_ends(): ends(kept[0])

    @pytest.fixture(scope="module", autouse=True)
    def broken():
        with pytest.MonkeyPatch.context() as patch:
            yield patch

    def test_breaks_starting(broken):
        def start():
            raise OSError("no sockets left")
        kept[0].stop()
        broken.setattr(kept[0], "start", start)

    def test_unrelated(broken): broken.undo()

    def test_next(apns_session): send(apns_session)
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=5, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_next*",
            "the server of apns_session has failed under *::test_in_which_it_ends, and starts "
            "anew: *out of ideas*",
        ]
    )


def test_what_nobody_was_told_is_told_at_the_end(project: pytest.Pytester) -> None:
    project.makepyfile(
        ENDED
        + """
    kept = []

    def test_first(apns_session): kept.append(apns_session)
    def test_in_which_it_ends(): ends(kept[0])
    def test_last(): pass
    """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(
        ["the server of apns_session has failed under *::test_in_which_it_ends, and starts anew*"]
    )


def test_the_mistake_with_the_marker_has_nothing_of_the_test_before(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        import pytest
        from sending import send

        def test_before(apns_session): send(apns_session, b"\\x1a" * 32)

        @pytest.mark.apns(tokens="registered")
        def test_marked(apns_session): pass
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["pytest.mark.apns does not apply to apns_session*"])
    result.stdout.fnmatch_lines(["no notification on 0 connections"])
    result.stdout.no_fnmatch_line("*1a1a1a1a*")
    result.stdout.no_fnmatch_line("*recorded in*")
