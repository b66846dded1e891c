"""The server's side of TLS: how it is made, whoever else is busy in the process."""

from __future__ import annotations

import ssl
import warnings

import pytest

from fakeapns.certificates import default_authority, server_context
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.tls_terms import TLSTerms

ORDINARY = [("1.2", "1.2"), ("1.2", "1.3"), ("1.3", "1.3")]
OLD = [("1.0", "1.0"), ("1.0", "1.2"), ("1.1", "1.3")]


def of(versions: tuple[str, str]) -> TLSTerms:
    return TLSTerms(minimum=versions[0], maximum=versions[1])


@pytest.mark.parametrize("versions", ORDINARY)
def test_the_filters_of_warnings_are_left_alone_since_all_threads_have_the_same(
    versions: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def meddle(_: object) -> None:
        raise AssertionError("a test in another thread loses its own by this")

    with monkeypatch.context() as patched:
        patched.setattr(warnings.catch_warnings, "__enter__", meddle)
        context = server_context(default_authority(), Settings(), of(versions))
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("versions", OLD)
def test_nobody_is_warned_of_versions_that_were_asked_for(versions: tuple[str, str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        context = server_context(default_authority(), Settings(), of(versions))
        assert context.minimum_version < ssl.TLSVersion.TLSv1_2
