"""A fault is one place: its file holds fields, stages, services and effect."""

from __future__ import annotations

from typing import get_args

import pytest

from fakeapns.scenario.faults import FAULTS, KNOWN, Fault, Service


def test_a_fault_without_an_effect_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match=r"^the fault Idle has no effect: define act\(self, at\)$"):

        class Idle(Fault, frozen=True, tag="idle"):
            """Nothing."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_says_where_it_may_act(fault: type[Fault]) -> None:
    assert set(fault.stages) <= set(KNOWN)
    assert set(fault.services) <= set(get_args(Service))
    assert fault.stages
    assert fault.services


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_file_of_its_own(fault: type[Fault]) -> None:
    name = str(fault.__struct_config__.tag)
    assert fault.__module__ == f"fakeapns.scenario.faults.{name}"
    assert fault.act.__module__ == fault.__module__
