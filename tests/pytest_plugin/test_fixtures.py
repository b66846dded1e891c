"""The fixtures as small projects use them."""

from __future__ import annotations

import pytest


def test_each_test_gets_a_fresh_server(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from sending import send

        ports = set()

        @pytest.mark.parametrize("number", range(3))
        def test_only_its_own(apns, number):
            send(apns)
            ports.add(apns.gateway.port)
            apns.assert_accepted(1)
            assert [entry.seq for entry in apns.ledger][0] == 1
        """
    )
    project.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)


def test_the_marker_takes_the_arguments_of_fake_apns(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from sending import send

        @pytest.mark.apns(tokens="registered", topics=["com.example.one"])
        def test_marked(apns):
            device = apns.devices.add("com.example.one")
            assert send(apns, device.token_bytes)[0].topic == "com.example.one"
            with pytest.raises(AssertionError):
                send(apns, bytes(31) + b"x") and apns.assert_accepted(2)
        """
    )
    project.runpytest_inprocess("--strict-markers").assert_outcomes(passed=1)


def test_the_marker_has_the_defaults_of_what_the_factory_makes(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.apns(tokens="registered", topics=["com.example.one"])
        def test_marked(make_apns, apns):
            first, second = make_apns(), make_apns(topics=["com.example.two"], payload_limit=256)
            for each in (apns, first, second):
                assert each.settings.tokens == "registered"
            assert apns.topics == first.topics == ("com.example.one",)
            assert second.topics == ("com.example.two",)
            assert second.settings.payload_limit == 256 != first.settings.payload_limit
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_factory_makes_several_servers_that_share_one_authority(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        from sending import send

        def test_two(make_apns):
            first, second = make_apns(), make_apns(payload_limit=256)
            assert first.gateway.port != second.gateway.port
            send(second, certificate_of=first)
            first.assert_nothing_accepted()
            second.assert_accepted(1)
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_the_authority_can_be_overridden(project: pytest.Pytester) -> None:
    project.makeconftest(
        """
        import pytest
        from fakeapns import Authority

        @pytest.fixture(scope="session")
        def apns_authority():
            return Authority()
        """
    )
    project.makepyfile(
        """
        from sending import send

        def test_own(apns, apns_authority):
            from fakeapns.certificates import default_authority
            assert apns.ca_pem == apns_authority.ca_pem != default_authority().ca_pem
            send(apns)
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_the_trio_form_is_entered_in_the_tests_own_loop(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\ntrio_mode = true\n")
    project.makepyfile(
        """
        import trio
        from fakeapns import Reject
        from fakeapns.protocol import decode_error, encode_framed

        async def test_virtual_time(apns_trio, autojump_clock):
            async with apns_trio as apns:
                apns.inject(Reject("processing-error", delay="1h"))
                stream = await apns.connect()
                await stream.send_all(encode_framed(bytes(32), b"{}", identifier=7))
                assert decode_error(await stream.receive_some(6)).identifier == 7
            assert trio.current_time() >= 3600
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_blocking_fixture_serves_an_asyncio_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import asyncio
        from fakeapns.protocol import encode_framed

        def test_asyncio(apns):
            async def main():
                _, writer = await asyncio.open_connection(
                    apns.gateway.host, apns.gateway.port,
                    ssl=apns.ssl_context(), server_hostname="localhost",
                )
                writer.write(encode_framed(bytes(32), b'{"aps":{}}'))
                found = await apns.wait_for_async()
                writer.close()
                await writer.wait_closed()
                return found

            assert len(asyncio.run(main())) == 1
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_servers_are_gone_behind_the_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import socket, threading
        import pytest

        seen = []

        def test_first(apns):
            seen.append((apns.gateway.host, apns.gateway.port))

        def test_second():
            assert "fakeapns" not in {thread.name for thread in threading.enumerate()}
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(seen[0])
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=2)
