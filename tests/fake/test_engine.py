"""Which library speaks HTTP/2 is said by the environment, and by the log where one stands in."""

from __future__ import annotations

import sys

import pytest

from fakeapns import FakeAPNs, StartError, UsageError
from fakeapns.fake import chosen_engine

FILES = {library: f"fakeapns.protocol.http2.with_{library}" for library in ("ngh2", "h2")}


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Without these libraries."""
    for library in request.param:
        monkeypatch.delitem(sys.modules, FILES[library], raising=False)
        monkeypatch.setitem(sys.modules, library, None)


@pytest.mark.parametrize(("wanted", "name"), [("", "ngh2"), ("ngh2", "ngh2"), ("h2", "h2")])
def test_the_environment_names_the_engine(
    wanted: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert chosen_engine({"FAKEAPNS_HTTP2": wanted}).name == name
    assert chosen_engine({}).name == "ngh2"
    assert caplog.messages == []


async def test_a_server_has_the_engine_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Not to be had, so that it shows who is asked for.
    monkeypatch.delitem(sys.modules, FILES["h2"], raising=False)
    monkeypatch.setitem(sys.modules, "h2", None)
    monkeypatch.setenv("FAKEAPNS_HTTP2", "h2")
    with pytest.raises(StartError, match=r"needs HTTP/2: h2 cannot be imported .*pip install h2"):
        async with FakeAPNs():
            pass
    monkeypatch.setenv("FAKEAPNS_HTTP2", "ngh2")
    async with FakeAPNs():
        pass


@pytest.mark.parametrize("missing", [["ngh2"]], indirect=True)
@pytest.mark.usefixtures("missing")
async def test_where_h2_stands_in_the_log_says_so_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeAPNs() as apns:
        await apns.renew()
    [line] = caplog.messages
    assert line.startswith("HTTP/2 is spoken by h2, which is slower: ngh2 cannot be imported")


@pytest.mark.parametrize("missing", [["ngh2", "h2"]], indirect=True)
@pytest.mark.usefixtures("missing")
async def test_a_server_without_both_does_not_start_and_says_what_to_install() -> None:
    with pytest.raises(StartError, match="pip install h2"):
        async with FakeAPNs():
            pass


async def test_an_engine_that_is_none_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKEAPNS_HTTP2", "hyper")
    with pytest.raises(UsageError, match="FAKEAPNS_HTTP2: there is no HTTP/2 engine 'hyper'"):
        async with FakeAPNs():
            pass
