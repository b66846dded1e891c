"""Beside the plugins, runners and kinds of code that projects have."""

from __future__ import annotations

import pytest

#: A provider that connects again when its connection was closed.
RECONNECTING = """
    from sending import connect
    from fakeapns.protocol import encode_framed

    class Provider:
        def __init__(self, apns):
            self.apns, self.gateway = apns, None

        def send(self, token):
            if self.gateway is not None and self.gateway.recv(1) == b"":
                self.close()
            if self.gateway is None:
                self.gateway = connect(self.apns)
                self.gateway.settimeout(0.0)
            self.gateway.sendall(encode_framed(token, b'{"aps":{}}'))

        def close(self):
            self.gateway.close()
            self.gateway = None
"""

ASYNC_TESTS = """
    import asyncio
    import pytest
    from fakeapns.protocol import encode_framed

    async def push(apns, token):
        _, writer = await asyncio.open_connection(
            apns.gateway.host, apns.gateway.port,
            ssl=apns.ssl_context(), server_hostname="localhost",
        )
        writer.write(encode_framed(token, b'{"aps":{}}'))
        [notification] = await apns.wait_for_async(token=token)
        writer.close()
        await writer.wait_closed()
        return notification
"""


def test_four_workers_of_xdist(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from sending import send

        @pytest.mark.parametrize("number", range(24))
        def test_fresh(apns, number):
            send(apns, bytes([number]) * 32)
            apns.assert_accepted(1, token=bytes([number]) * 32)

        @pytest.mark.parametrize("number", range(24))
        def test_shared(apns_session, number):
            send(apns_session, bytes([number]) * 32)
            apns_session.assert_accepted(1)
        """
    )
    result = project.runpytest_subprocess("-n", "4", "-W", "error")
    result.assert_outcomes(passed=48)


def test_workers_of_xdist_that_assert_right_behind_sending(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from sending import connect
        from fakeapns.protocol import encode_framed

        @pytest.mark.parametrize("number", range(24))
        @pytest.mark.parametrize("kind", ["apns", "apns_session"])
        def test_sent(request, kind, number):
            apns = request.getfixturevalue(kind)
            meant = [(bytes([number, each]) * 16, b'{"aps":{}}') for each in range(50)]
            apns.assert_nothing_accepted()
            with connect(apns) as gateway:
                gateway.sendall(b"".join(encode_framed(*each) for each in meant))
                apns.assert_audit(meant)
                apns.assert_accepted(50)
        """
    )
    result = project.runpytest_subprocess("-n", "4", "-W", "error")
    result.assert_outcomes(passed=48)


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_pytest_asyncio(project: pytest.Pytester, mode: str) -> None:
    mark = "@pytest.mark.asyncio" if mode == "strict" else ""
    project.makepyfile(
        ASYNC_TESTS
        + f"""
    {mark}
    async def test_push(apns):
        assert (await push(apns, bytes(32))).outcome == "accepted"

    {mark}
    async def test_shared(apns_session, make_apns):
        await push(apns_session, bytes(32))
        make_apns().assert_nothing_accepted()
        await apns_session.wait_until_quiet_async(0)

    {mark}
    async def test_blocking_is_possible_where_all_is_there(apns):
        await push(apns, bytes(32))
        assert len(apns.wait_for(1)) == 1
    """
    )
    result = project.runpytest_subprocess("-o", f"asyncio_mode={mode}", "-W", "error")
    result.assert_outcomes(passed=3)


def test_pytest_trio(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import trio
        from fakeapns.protocol import encode_framed

        async def test_in_its_own_loop(apns_trio, autojump_clock):
            async with apns_trio as apns:
                stream = await apns.connect()
                await stream.send_all(encode_framed(bytes(32), b'{"aps":{}}'))
                assert len(await apns.wait_for()) == 1

        async def test_beside_a_thread(apns, nursery):
            raw = await trio.open_tcp_stream(apns.gateway.host, apns.gateway.port)
            stream = trio.SSLStream(raw, apns.ssl_context(), server_hostname="localhost")
            nursery.start_soon(stream.send_all, encode_framed(bytes(32), b'{"aps":{}}'))
            assert len(await apns.wait_for_async()) == 1
            await trio.aclose_forcefully(stream)

        async def test_shared(apns_session):
            await apns_session.wait_until_quiet_async(0)
        """
    )
    result = project.runpytest_subprocess("-o", "trio_mode=true", "-W", "error")
    result.assert_outcomes(passed=3)


def test_pytest_randomly(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "")
    project.makepyfile(
        """
        import pytest
        from sending import send

        @pytest.mark.parametrize("number", range(10))
        def test_fresh(apns, apns_session, number):
            for each in (apns, apns_session):
                send(each)
                each.assert_accepted(1)
                assert [entry.seq for entry in each.ledger][0] == 1
        """
    )
    for seed in (1, 2):
        result = project.runpytest_subprocess("-p", "no:asyncio", f"--randomly-seed={seed}")
        result.assert_outcomes(passed=10)
        result.stdout.fnmatch_lines([f"Using --randomly-seed={seed}"])


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_pytest_timeout(project: pytest.Pytester, method: str) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.timeout(0.3, func_only=True)
        def test_waits_too_long(apns):
            apns.wait_for(timeout=60)

        def test_next(apns):
            assert apns.gateway.port
        """
    )
    result = project.runpytest_subprocess("--timeout-method", method, "--timeout", "30")
    if method == "signal":
        result.assert_outcomes(failed=1, passed=1)
        result.stdout.fnmatch_lines(["*Timeout*", "*- fakeapns ledger -*"])
    else:
        # This method ends the process, and shows where each thread was.
        text = f"{result.stdout}{result.stderr}"
        assert "Timeout" in text
        assert "apns.wait_for(timeout=60)" in text


def test_a_provider_that_reconnects_when_the_server_is_back(project: pytest.Pytester) -> None:
    project.makepyfile(provider=RECONNECTING)
    project.makepyfile(
        """
        import contextlib
        import pytest
        from provider import Provider

        def test_restart(apns):
            provider = Provider(apns)
            with contextlib.closing(provider):
                provider.send(bytes([1]) * 32)
                apns.wait_for()
                address = apns.gateway
                apns.stop()
                assert provider.gateway.recv(1) == b""
                provider.close()
                with pytest.raises(ConnectionRefusedError):
                    provider.send(bytes([2]) * 32)
                apns.start()
                assert apns.gateway == address
                provider.send(bytes([3]) * 32)
                assert [each.token_bytes[0] for each in apns.wait_for(2)] == [1, 3]
                assert apns.accepted[1].connection == 2
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_several_servers_in_one_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from sending import send

        def test_five(make_apns):
            servers = [make_apns(topics=[f"com.example.number{number}"]) for number in range(5)]
            for number, apns in enumerate(servers):
                [notification] = send(apns, bytes([number]) * 32)
                assert notification.topic == f"com.example.number{number}"
            assert len({apns.gateway.port for apns in servers}) == 5
            for number, apns in enumerate(servers):
                apns.assert_accepted(1, token=bytes([number]) * 32)
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_the_process_is_left_as_it_was(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import asyncio, gc, signal

        def state():
            handlers = {each: signal.getsignal(each) for each in signal.valid_signals()}
            return handlers, gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()

        before = state()

        def test_used(apns, apns_session, make_apns):
            make_apns()
            assert state() == before

        def test_behind():
            assert state() == before
        """
    )
    project.runpytest_subprocess().assert_outcomes(passed=2)
