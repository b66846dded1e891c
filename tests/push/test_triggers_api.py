"""What a trigger asks of a push over HTTP/2, and of the name that a client has asked for."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.push.matching import Occasion
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.faults import Refuse, Unanswered
from fakeapns.scenario.steps import On, Step

from .pushes import push

ID = "123E4567-E89B-12D3-A456-4266554400A0"


def acts(on: On, **fields: Any) -> bool:
    """Whether a step with this trigger acts on a push with these fields."""
    triggers = Triggers()
    triggers.add(Step(Unanswered(), on))
    made = push(command=None, identifier=None, **fields)
    return triggers.choose("notification", Occasion(1, number=1, push=made)) is not None


@pytest.mark.parametrize(
    ("on", "fields"),
    [
        (On(push_type="voi*"), {"push_type": "voip"}),
        (On(apns_id=ID), {"apns_id": ID}),
        (On(apns_id=ID.lower()), {"apns_id": ID}),
        (On(apns_id="123E*"), {"apns_id": ID.lower()}),
        (On(collapse_id="game-*"), {"collapse_id": "game-7"}),
        (On(stream="3..5"), {"stream": 5}),
    ],
)
def test_what_a_push_has_in_its_headers_is_asked_for(on: On, fields: dict[str, Any]) -> None:
    assert acts(on, **fields)
    assert not acts(on)


@pytest.mark.parametrize(
    ("on", "fields"),
    [
        (On(push_type="voip"), {"push_type": "alert"}),
        (On(apns_id=ID), {"apns_id": ID[::-1]}),
        (On(collapse_id="game-*"), {"collapse_id": "Game-7"}),
        (On(stream=3), {"stream": 5}),
    ],
)
def test_what_is_otherwise_is_not_meant(on: On, fields: dict[str, Any]) -> None:
    assert not acts(on, **fields)


@pytest.mark.parametrize("host", ["api.sandbox.push.apple.com", "API.Sandbox.push.apple.com"])
def test_a_host_is_the_same_in_any_case(host: str) -> None:
    triggers = Triggers()
    triggers.add(Step(Refuse(), On(host=host)))
    asked = Occasion(1, host="api.sandbox.push.apple.com")
    assert triggers.at_accept(asked, 0.0) is not None
    assert triggers.at_accept(Occasion(1, host="api.push.apple.com"), 0.0) is None
    assert triggers.at_accept(Occasion(1), 0.0) is None
