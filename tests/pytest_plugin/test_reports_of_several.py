"""What stands under a test that failed, where there is more than one server, or none to tell of."""

from __future__ import annotations

import re

import pytest

from .reporting import section


def test_several_ledgers_are_told_apart_by_their_gateways(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_wrong(make_apns, apns_trio):
            ports = [make_apns().gateway.port, make_apns().gateway.port]
            assert False, "ports {} {}".format(*ports)
        """
    )
    result = project.runpytest_inprocess()
    ports = re.search(r"ports (\d+) (\d+)", str(result.stdout))
    assert ports is not None
    result.stdout.fnmatch_lines(
        [
            "*- fakeapns ledger 1, no address -*",
            f"*- fakeapns ledger 2, gateway 127.0.0.1:{ports[1]} -*",
            f"*- fakeapns ledger 3, gateway 127.0.0.1:{ports[2]} -*",
        ]
    )


def test_the_trio_form_has_its_own(project: pytest.Pytester) -> None:
    lines = section(
        project,
        """
        import pytest

        @pytest.mark.trio
        async def test_wrong(apns_trio, autojump_clock):
            async with apns_trio as apns:
                await apns.connect()
                assert False
        """,
    )
    assert any("peer=memory" in line for line in lines)


def test_nothing_is_said_of_a_test_that_passes_or_is_expected_to_fail(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        import pytest

        def test_right(apns): pass

        @pytest.mark.xfail
        def test_known(apns): assert False

        def test_left_out(apns): pytest.skip()
        """
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, xfailed=1, skipped=1)
    result.stdout.no_fnmatch_line("*fakeapns ledger*")
