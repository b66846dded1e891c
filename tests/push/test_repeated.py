"""Keys that are there twice, of which a parser leaves one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.push.content import content_warnings
from fakeapns.push.repeated import has_repeated_keys, repeated_keys


@pytest.mark.parametrize(
    ("payload", "paths"),
    [
        (b'{"aps":{"alert":"a","alert":"b"}}', ["aps.alert"]),
        (b'{"aps":{"alert":"a"},"aps":{"alert":"b"}}', ["aps"]),
        (b'{"aps":{"alert":{"body":"a","title":"b","body":"c"}}}', ["aps.alert.body"]),
        (b'{"aps":{"badge":1,"b\\u0061dge":2}}', ["aps.badge"]),
        (b'{"a":[{"b":1},{"b":2,"b":3}]}', ["a.b"]),
        (b'[{"a":1,"a":2}]', ["a"]),
        (b'{"a" : 1,"b":{"a":2}, "a"\n:3,"a":4,"b":5}', ["a", "b"]),
        (b'{"":1,"":2}', [""]),
        (b'{"a":"{\\"a\\":1,","a":"}"}', ["a"]),
    ],
)
def test_the_key_is_named_with_its_path(payload: bytes, paths: list[str]) -> None:
    assert repeated_keys(payload) == paths
    assert has_repeated_keys(payload, json.loads(payload))


@pytest.mark.parametrize(
    "payload",
    [
        b'{"aps":{"alert":"Tea: ready","url":"https://example.com"}}',
        b'{"aps":{"alert":"\\"a\\":1, \\"a\\" :2"}}',
        b'{"a":{"a":{"a":[{"a":1},{"a":2}]}}}',
        b'{"A":1,"a":2}',
        b'{"a":"\\\\","b":":"}',
    ],
)
def test_what_only_looks_like_it_is_not(payload: bytes) -> None:
    assert not has_repeated_keys(payload, json.loads(payload))
    assert repeated_keys(payload) == []


def test_any_depth_is_looked_into_and_only_a_few_are_named() -> None:
    deep = b'{"a":' * 511 + b'{"b":1,"b":2}' + b"}" * 511
    [warning] = [each for each in content_warnings(deep, 5) if "more than once" in each]
    assert ".a.b more than once" in warning
    many = b'{"aps":{' + b",".join(b'"k%d":1' % (each // 2) for each in range(2000)) + b"}}"
    assert sum("more than once" in each for each in content_warnings(many, 5)) == 5


keys = st.sampled_from(["a", "b", 'c":', "\\", "{", "}", ":"]) | st.text(max_size=3)
trees: st.SearchStrategy[Any] = st.recursive(
    keys | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(st.tuples(keys, inner), max_size=4).map(tuple)
    ),
    max_leaves=12,
)


def written(tree: Any, found: list[bool]) -> str:
    """A tree as JSON, whose objects are tuples of pairs; notes whether any repeats a key."""
    if isinstance(tree, tuple):
        found.append(len({key for key, _ in tree}) < len(tree))
        inner = (f"{json.dumps(key)} :{written(value, found)}" for key, value in tree)
        return "{" + ",".join(inner) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(written(each, found) for each in tree) + "]"
    return json.dumps(tree)


@given(trees)
def test_nothing_is_missed_and_nothing_made_up(tree: Any) -> None:
    found: list[bool] = []
    payload = written(tree, found).encode()
    assert has_repeated_keys(payload, json.loads(payload)) == any(found)
