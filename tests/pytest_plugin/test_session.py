"""`apns_session`: one server at one address, as new for every test."""

from __future__ import annotations

import pytest


def test_every_test_finds_it_as_new_at_the_same_address(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from fakeapns import Reject
        from fakeapns.protocol import FeedbackParser
        from sending import connect, send

        seen = set()
        open_ones = []

        @pytest.mark.parametrize("number", range(3))
        def test_only_its_own(apns_session, number):
            apns = apns_session
            seen.add((id(apns), apns.gateway.port, apns.feedback.port))
            assert len(seen) == 1
            assert [entry.seq for entry in apns.ledger] == [1]
            assert len(apns.devices) == 0
            send(apns)
            apns.assert_accepted(1)
            assert apns.ledger[1].connection == 1

            apns.devices.add("com.example.app", "1b").uninstall()
            send(apns, b"\\x1b" * 32)
            assert len(apns.devices.feedback(["com.example.app"])) == 1
            apns.inject(Reject("invalid-token"))
            # Open at the end of the test: closed by the time of the next one.
            open_ones.append(connect(apns))

        def test_they_are_closed():
            for each in open_ones:
                assert each.recv(1) == b""
                each.close()
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=4)


def test_the_scenario_counts_from_the_start_in_every_test(project: pytest.Pytester) -> None:
    project.makefile(
        ".toml",
        story="""
about = "The second one is too much."

[[step]]
on = { notification = 2 }
fault = "reject"
times = 1
""",
    )
    project.makepyfile(
        """
        import pytest
        from fakeapns.protocol import encode_framed
        from sending import connect, send

        @pytest.mark.parametrize("number", range(2))
        def test_story(apns_session, number):
            assert apns_session.scenario.name == "story"
            send(apns_session)
            with connect(apns_session) as gateway:
                gateway.sendall(encode_framed(bytes(32), b"{}", identifier=7))
                assert len(gateway.recv(6)) == 6
            apns_session.assert_rejected(1)
        """
    )
    project.runpytest_inprocess("--apns-scenario=story.toml").assert_outcomes(passed=2)


def test_session_scoped_fixtures_can_be_pointed_at_it(project: pytest.Pytester) -> None:
    project.makeconftest(
        """
        import queue, threading
        import pytest
        from sending import connect
        from fakeapns.protocol import encode_framed

        @pytest.fixture(scope="session")
        def worker(apns_session):
            "Sends what it is given, on a connection that it makes again when it was closed."
            work = queue.Queue()

            def serve():
                gateway = None
                while (token := work.get()) is not None:
                    if gateway is not None:
                        assert gateway.recv(1) == b""
                        gateway.close()
                    gateway = connect(apns_session)
                    gateway.sendall(encode_framed(token, b'{"aps":{}}'))
                gateway.close()

            thread = threading.Thread(target=serve)
            thread.start()
            yield work.put
            work.put(None)
            thread.join()

        @pytest.fixture(scope="session")
        def apns_session_arguments():
            return {"tokens": "registered", "topics": ["com.example.other"]}
        """
    )
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(3))
        def test_work(worker, apns_session, number):
            device = apns_session.devices.add("com.example.other")
            worker(device.token_bytes)
            [notification] = apns_session.wait_for(token=device)
            assert notification.topic == "com.example.other"
            assert apns_session.settings.tokens == "registered"
        """
    )
    project.runpytest_inprocess("-x").assert_outcomes(passed=3)


def test_a_test_that_stops_it_leaves_the_next_one_a_running_one(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        from sending import send

        ports = []

        def test_stop(apns_session):
            ports.append(apns_session.gateway.port)
            apns_session.stop()

        def test_next(apns_session):
            assert apns_session.gateway.port == ports[0]
            send(apns_session)

        def test_restart(apns_session):
            apns_session.restart()
            send(apns_session)
            apns_session.assert_accepted(1)

        def test_last(apns_session):
            apns_session.assert_nothing_accepted()
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=4)


def test_a_failing_test_shows_its_record_and_no_other(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from sending import send

        def test_before(apns_session):
            send(apns_session, b"\\x1a" * 32)

        def test_wrong(apns_session):
            send(apns_session, b"\\x1b" * 32)
            assert False, "on purpose"

        def test_elsewhere():
            assert False
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        ["*on purpose*", "*- fakeapns ledger -*", "1 accepted on *", "*token 1b1b1b1b*"]
    )
    result.stdout.no_fnmatch_line("*1a1a1a1a*")
    assert str(result.stdout).count("- fakeapns ledger -") == 1


def test_a_late_notification_is_told_by_the_name_of_the_test_that_had_it(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        import threading
        from sending import send

        go_on = threading.Event()
        late = []

        def test_sends_in_the_background(apns_session):
            send(apns_session, b"\\x1b" * 32)

            def again():
                go_on.wait()
                send(apns_session, b"\\x1b" * 32)

            late.append(threading.Thread(target=again))
            late[0].start()

        def test_is_disturbed(apns_session):
            go_on.set()
            late[0].join()
            apns_session.assert_nothing_accepted()
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "1 of these was recorded in *::test_sends_in_the_background too: unless this test sent "
            "it again, a sender of that one is late, or was made to send again when its connection "
            "was closed"
        ]
    )


def test_what_was_written_before_the_boundary_stays_on_its_side(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        from fakeapns.protocol import encode_framed
        from sending import connect

        open_ones = []

        def test_leaves_a_connection_open(apns_session):
            gateway = connect(apns_session)
            gateway.sendall(encode_framed(bytes(32), b'{"aps":{}}'))
            apns_session.wait_for()
            open_ones.append(gateway)

        def test_cannot_be_reached_through_it(apns_session):
            assert open_ones[0].recv(1) == b""
            apns_session.wait_until_quiet(0)
            assert len(apns_session.ledger) == 1
            open_ones[0].close()
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=2)


def test_the_marker_goes_to_the_fresh_server_beside_it(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.apns(tokens="registered")
        def test_both(apns, apns_session):
            assert apns.settings.tokens == "registered"
            assert apns_session.settings.tokens == "any"
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)
