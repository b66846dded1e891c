"""Each kind of finding, through whatever it came, has a sentence for the sender."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fakeapns.ledger import audit as door
from fakeapns.ledger.audit import advice_on, in_short
from fakeapns.scenario.scenario import Expect

ROOM = Path(door.__file__).parent
KINDS = ("received", "unexpected", *Expect.__struct_fields__)
#: The short names of reasons, as the explanations give them.
GIVEN = {
    name
    for file in ("explain", "missing", "clauses", "hindrances", "fates")
    for name in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', (ROOM / f"{file}.py").read_text("utf-8"))
} - {"no-error"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_one(kind: str) -> None:
    assert advice_on(kind).endswith(".")
    assert advice_on(kind)[0].isupper()
    assert not in_short(kind).endswith(".")


@pytest.mark.parametrize("reason", sorted(GIVEN))
def test_each_reason_that_is_given_has_one_of_its_own(reason: str) -> None:
    own = [kind for kind in KINDS if advice_on(kind, reason) != advice_on(kind)]
    assert own, f"{reason} is nowhere in advice.py"


def test_what_has_none_of_its_own_has_that_of_its_kind() -> None:
    assert advice_on("lost", "in the post") == advice_on("lost")
