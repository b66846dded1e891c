"""A project that has fakeapns installed and does not use it pays nothing."""

from __future__ import annotations

import pytest


def test_nothing_heavy_is_imported_until_a_fixture_is_used(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        """
        import sys

        HEAVY = {"trio", "ssl", "cryptography", "trustme", "msgspec", "click", "asyncio"}

        def test_lean(request):
            assert request.config.pluginmanager.hasplugin("fakeapns.pytest_plugin")
            assert not HEAVY & set(sys.modules)
            ours = {name for name in sys.modules if name.startswith("fakeapns")}
            plugin = "fakeapns.pytest_plugin"
            assert ours == {"fakeapns", plugin}

        def test_used(apns):
            assert {"trio", "ssl", "cryptography"} <= set(sys.modules)
        """
    )
    result = pytester.runpytest_subprocess("-p", "fakeapns.pytest_plugin")
    result.assert_outcomes(passed=2)


def test_the_plugin_is_found_by_its_entry_point(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.apns(*"])
