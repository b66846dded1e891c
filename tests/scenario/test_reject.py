"""Whose words a refusal has: those of the gateway, of the provider API, or of both."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.errors import ScenarioError
from fakeapns.scenario.faults import Reject, Service
from fakeapns.scenario.steps import On, Step


@pytest.mark.parametrize("status", [600, -1])
def test_a_status_is_one_of_the_gateways_or_of_http(status: int) -> None:
    with pytest.raises(ScenarioError, match=rf"{status} is wrong, status; .*, 0 to 599$"):
        Reject(status)


@pytest.mark.parametrize("status", [256, 399])
def test_between_those_of_both_services_there_is_no_status(status: int) -> None:
    words = f"{status} is no status: the gateway has 0 to 255, HTTP 400 to 599, status"
    with pytest.raises(ScenarioError) as refused:
        Reject(status)
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("status", "services"),
    [
        ("invalid-token", ("gateway", "api")),
        (8, ("gateway", "api")),
        ("BadDeviceToken", ("gateway", "api")),
        (410, ("gateway", "api")),
        ("InternalServerError", ("gateway", "api")),
        (503, ("gateway", "api")),
        ("unknown", ("gateway",)),
        (0, ("gateway",)),
        (99, ("gateway",)),
        ("BadCollapseId", ("api",)),
        (403, ("api",)),
        (418, ("api",)),
    ],
)
def test_a_refusal_acts_where_there_are_words_for_it(
    status: Any, services: tuple[Service, ...]
) -> None:
    assert Reject(status).acts_on == services


def test_a_step_for_a_service_without_the_word_is_a_mistake() -> None:
    with pytest.raises(ScenarioError) as refused:
        Step(Reject("unknown"), On(service="api"))
    assert str(refused.value) == (
        "status unknown has no word on the api, on.service; allowed: gateway"
    )


def test_what_only_the_gateway_says_is_a_mistake_in_a_step_for_the_api() -> None:
    fault = Reject("invalid-token", identifier="zero", close="reset", split=True)
    assert Step(fault).fault is fault
    with pytest.raises(ScenarioError) as refused:
        Step(fault, On(service="api"))
    words = "means nothing on the api: leave it out, or the service"
    assert str(refused.value).splitlines() == [
        f"{words}, {name}" for name in ("identifier", "close", "split")
    ]


@pytest.mark.parametrize(
    ("status", "on"),
    [("TooManyRequests", On()), ("invalid-token", On(stream=3)), (503, On(push_type="voip"))],
)
def test_and_in_one_that_is_for_the_api_by_its_status_or_its_trigger(status: Any, on: On) -> None:
    with pytest.raises(ScenarioError) as refused:
        Step(Reject(status, identifier="zero"), on)
    assert str(refused.value) == (
        "means nothing on the api, which alone this is for: leave it out, identifier"
    )
