"""Apple's push types, and whose topic is whose."""

from __future__ import annotations

import pytest

from fakeapns.protocol import PUSH_TYPES, app_of, push_type_of


@pytest.mark.parametrize("name", [name for name, suffix in PUSH_TYPES.items() if suffix])
def test_a_topic_tells_its_push_type_by_what_is_behind_the_bundle_id(name: str) -> None:
    assert push_type_of(f"com.example.app{PUSH_TYPES[name]}") == name


@pytest.mark.parametrize("topic", ["com.example.app", "com.example.voip.app", ""])
def test_a_bundle_id_has_none(topic: str) -> None:
    assert push_type_of(topic) is None


@pytest.mark.parametrize("suffix", PUSH_TYPES.values())
def test_the_app_of_a_topic_is_what_stands_before_that(suffix: str) -> None:
    assert app_of(f"com.example.app{suffix}") == "com.example.app"


def test_the_types_are_those_of_apples_page() -> None:
    assert len(PUSH_TYPES) == 11
    assert [name for name, suffix in PUSH_TYPES.items() if not suffix] == [
        "alert",
        "background",
        "mdm",
    ]
