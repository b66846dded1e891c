"""Steps and triggers that can never be: said when they are written."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.errors import ScenarioError
from fakeapns.scenario.faults import AcceptThenClose, Fault, FeedbackCut, Reject
from fakeapns.scenario.steps import On, Step


@pytest.mark.parametrize(
    ("fault", "given", "said"),
    [
        (
            Reject(),
            On(service="feedback"),
            "reject cannot disturb the feedback service, on.service; allowed: gateway, api",
        ),
        (
            FeedbackCut(),
            On(service="gateway"),
            "feedback_cut cannot disturb the gateway service, on.service; allowed: feedback",
        ),
        (
            AcceptThenClose(),
            On(service="feedback", idle="5s"),
            "who reads feedback never sends a byte, so idle says nothing of it, on.idle",
        ),
    ],
)
def test_a_step_that_its_service_never_lets_act_is_a_mistake(
    fault: Fault, given: On, said: str
) -> None:
    with pytest.raises(ScenarioError) as refused:
        Step(fault, given)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"command": 0, "identifier": 7},
            "notifications of command 0 have no identifier, identifier",
        ),
        ({"command": 0, "priority": 5}, "all notifications of command 0 have 10, priority"),
        ({"command": 1, "priority": 5}, "all notifications of command 1 have 10, priority"),
    ],
)
def test_what_no_frame_has_together_is_a_mistake(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        On(**given)
    assert str(refused.value) == said
    On(command=2, identifier=7, priority=5)
