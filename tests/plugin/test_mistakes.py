"""What people do wrong, and the sentence that they get."""

from __future__ import annotations

import pytest


def test_an_unknown_argument_of_the_marker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.apns(token="registered")
        def test_marked(apns):
            pass
        """
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*unknown setting 'token'; allowed: *; did you mean tokens?*"])


def test_a_positional_argument_of_the_marker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.apns("registered")
        def test_marked(apns):
            pass
        """
    )
    result = pytester.runpytest_inprocess()
    result.stdout.fnmatch_lines(["*takes keyword arguments only*"])


def test_a_server_that_was_not_entered(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_forgot(apns_trio):
            apns_trio.gateway.port
        """
    )
    result = pytester.runpytest_inprocess()
    result.stdout.fnmatch_lines(["*the server is not running*"])
