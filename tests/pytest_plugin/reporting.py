"""What stands under a test that failed."""

from __future__ import annotations

import re

import pytest


def section(project: pytest.Pytester, source: str, *options: str) -> list[str]:
    """The lines of the one ledger in the report of a test that fails."""
    project.makepyfile(source)
    result = project.runpytest_inprocess(*options)
    result.assert_outcomes(failed=1)
    text = "\n".join(result.outlines)
    found = re.search(r"^-+ fakeapns ledger -+\n(.*?)\n[-=]{3,}", text, re.DOTALL | re.MULTILINE)
    assert found is not None, text
    return found[1].splitlines()
