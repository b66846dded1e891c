"""Many tests with a fresh server each leave nothing behind in the workers.

`FAKEAPNS_TEST_LEAKS=1000 python -m pytest tests/pytest_plugin/test_leaks.py` tries it with a
thousand; without the variable there are 60.
"""

from __future__ import annotations

import os

import pytest

NUMBER = int(os.environ.get("FAKEAPNS_TEST_LEAKS", "60"))

#: Looks before the first test and behind the last one, in the worker itself.
LOOK = """
    import gc, os, threading
    from pathlib import Path
    import pytest
    import trio

    def is_unfinished_task(each):
        return type(each) is trio.lowlevel.Task and each.coro.cr_frame is not None

    def what_is_there():
        gc.collect()
        opened = []
        for number in os.listdir("/proc/self/fd"):
            try:
                opened.append(os.readlink(f"/proc/self/fd/{number}").partition(":")[0])
            except OSError:
                pass  # that of the listing itself
        return {
            "threads": sorted(thread.name for thread in threading.enumerate()),
            "opened": sorted(opened),
            "tasks": sum(is_unfinished_task(each) for each in gc.get_objects()),
            "servers": sum(type(each).__name__ == "ThreadedAPNs" for each in gc.get_objects()),
        }

    @pytest.fixture(scope="session", autouse=True)
    def nothing_is_left(apns_authority):
        import asyncio
        from fakeapns import FakeAPNs
        # What one server leaves in a process for good, such as caches, is no leak.
        with FakeAPNs(authority=apns_authority).in_thread() as apns:
            apns.ssl_context()
            apns.client_certificate().pem_file
        del apns
        before = what_is_there()
        yield
        Path("looked").mkdir(exist_ok=True)
        (Path("looked") / str(os.getpid())).touch()
        after = what_is_there()
        # The last test is still pytest's, and has its server until its teardown is over.
        assert after.pop("servers") <= before.pop("servers") + 1
        assert after == before
"""

TESTS = """
    import pytest
    from sending import connect, send

    @pytest.mark.parametrize("number", range({number}))
    def test_fresh(apns, number):
        send(apns, number.to_bytes(32, "big"))
        apns.assert_accepted(1)
        if number % 10 == 0:
            assert apns.client_certificate().pem_file
        if number % 15 == 0:
            apns.restart()
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux's /proc to look")
def test_nothing_is_left_behind(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = project.mkdir("temporary")
    monkeypatch.setenv("TMPDIR", str(temporary))
    project.makeconftest(LOOK)
    project.makepyfile(TESTS.format(number=NUMBER))
    result = project.runpytest_subprocess("-n", "4", "-q", "-W", "error")
    result.assert_outcomes(passed=NUMBER)
    assert len(list((project.path / "looked").iterdir())) == 4
    # One folder for all workers, so that only the end of the last one is the moment to look.
    assert list(temporary.iterdir()) == []
