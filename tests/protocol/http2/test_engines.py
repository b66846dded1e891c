"""Which engine is taken, and where there is none."""

from __future__ import annotations

import sys

import pytest

from fakeapns.protocol.http2 import EngineChoice, choose_engine

FILES = ("fakeapns.protocol.http2.with_ngh2", "fakeapns.protocol.http2.with_h2")


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Without these libraries."""
    for file in FILES:
        monkeypatch.delitem(sys.modules, file, raising=False)
    for library in request.param:
        monkeypatch.setitem(sys.modules, library, None)


def test_ngh2_is_taken_and_h2_where_that_is_asked_for() -> None:
    assert (choose_engine().name, choose_engine().instead) == ("ngh2", "")
    assert (choose_engine("ngh2").name, choose_engine("ngh2").instead) == ("ngh2", "")
    assert (choose_engine("h2").name, choose_engine("h2").instead) == ("h2", "")


def test_an_engine_has_its_library(engine: EngineChoice) -> None:
    assert engine.make.__module__ == f"fakeapns.protocol.http2.with_{engine.name}"


@pytest.mark.parametrize("missing", [["ngh2"]], indirect=True)
@pytest.mark.usefixtures("missing")
def test_without_ngh2_h2_is_taken_and_why_is_said() -> None:
    choice = choose_engine()
    assert choice.name == "h2"
    assert choice.instead.startswith("HTTP/2 is spoken by h2, which is slower: ngh2 cannot be")
    with pytest.raises(ImportError, match="ngh2 cannot be imported"):
        choose_engine("ngh2")


@pytest.mark.parametrize("missing", [["h2"], ["h2", "ngh2"]], indirect=True)
@pytest.mark.usefixtures("missing")
def test_without_h2_it_is_said_what_to_install() -> None:
    with pytest.raises(ImportError, match="pip install h2"):
        choose_engine("h2")


@pytest.mark.parametrize("missing", [["h2", "ngh2"]], indirect=True)
@pytest.mark.usefixtures("missing")
def test_without_both_there_is_no_http_2() -> None:
    with pytest.raises(ImportError, match="pip install h2"):
        choose_engine()


def test_there_are_two_engines() -> None:
    with pytest.raises(ValueError, match="no HTTP/2 engine 'hyper': take ngh2 or h2"):
        choose_engine("hyper")
