"""Who is who: by token and payload, never by identifier."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.errors import UsageError
from fakeapns.ledger.audit.identity import as_it_came, at_path, canonical, digest, digest_of

from ...frames import PAYLOAD, TOKEN, numbered
from .told import Story

SPACED = b' {"aps" : {"alert":"\\u0048i"}} '


def test_payloads_are_equal_when_their_json_is() -> None:
    assert digest(TOKEN, b'{"a":1,"b":[1,2]}') == digest(TOKEN, '{ "b": [1, 2], "a": 1 }')
    assert digest(TOKEN, {"a": "é"}) == digest(TOKEN, b'{"a":"\\u00e9"}')
    assert digest(TOKEN, b"[1,2]") != digest(TOKEN, b"[2,1]")
    assert digest(TOKEN, {"a": 1}) != digest(TOKEN, {"a": True})


def test_whole_numbers_are_equal_with_a_point_and_without() -> None:
    assert canonical(b'{"a":1.0,"b":[-2.0,0.5],"c":"1.0"}') == canonical(
        {"a": 1, "b": [-2, 0.5], "c": "1.0"}
    )
    assert canonical(b"1.5") != canonical(b"1")
    assert canonical(b'{"a":1e16}') == canonical(b'{"a":10000000000000000}')
    assert canonical(b'{"a":1e300,"b":1.0}') == canonical(b'{"b":1,"a":1e300}')
    assert canonical(b'{"a":"1.0"}') == b'{"a":"1.0"}'


def test_payloads_that_are_no_json_are_equal_by_their_bytes() -> None:
    assert digest(TOKEN, b"hello") == digest(TOKEN, "hello")
    assert digest(TOKEN, b"hello") != digest(TOKEN, b"hello ")


def test_the_token_plays_a_part() -> None:
    assert digest(numbered(1), PAYLOAD) != digest(numbered(2), PAYLOAD)
    assert digest(TOKEN.hex().upper(), PAYLOAD) == digest(TOKEN, PAYLOAD)


def test_what_was_recorded_has_the_digest_of_what_was_meant() -> None:
    story = Story()
    meant = digest(TOKEN, {"aps": {"alert": "Hi"}})
    assert digest_of(story.came((TOKEN, SPACED), identifier=1)) == meant
    assert digest_of(story.came((TOKEN, PAYLOAD), identifier=2)) == meant


def test_the_short_way_knows_what_came_in_the_canonical_form_and_mistakes_nothing_else() -> None:
    story = Story()
    meant = digest(TOKEN, {"aps": {"alert": "Hi"}})
    assert as_it_came(story.came((TOKEN, PAYLOAD))) == meant
    assert as_it_came(story.came((TOKEN, SPACED))) != meant


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(JSON)
def test_the_canonical_form_is_its_own(payload: Any) -> None:
    found = canonical({"payload": payload})
    assert canonical(found) == found


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xff", b"[" * 100_000, b"9" * 30, b"9" * 5000, b'{"a":NaN}', b'"\\ud800"', b"1e999"],
    ids=["empty", "no-text", "deep", "big", "huge", "nan", "surrogate", "infinite"],
)
def test_odd_payloads_can_be_held_against_each_other(payload: bytes) -> None:
    assert digest_of(Story().came((TOKEN, payload))) == digest(TOKEN, payload)


@pytest.mark.parametrize("given", [("xyz", PAYLOAD), (5, PAYLOAD), (TOKEN, object())])
def test_what_is_no_token_or_no_payload_is_refused(given: tuple[Any, Any]) -> None:
    with pytest.raises(UsageError, match="is no "):
        digest(*given)


@pytest.mark.parametrize("given", [{"a": 10**5000}, [10**5000]])
def test_a_payload_that_nobody_can_write_is_one_sentence(given: Any) -> None:
    kind = type(given).__name__
    said = f"^what was given as {kind} is no payload: it has a number of too many digits$"
    with pytest.raises(UsageError, match=said):
        digest(TOKEN, given)


def test_a_path_leads_into_a_payload() -> None:
    assert at_path({"aps": {"badge": 3}}, "aps.badge") == 3
    absent: tuple[Any, ...] = ({"aps": {}}, {"aps": 3}, None)
    for payload in absent:
        with pytest.raises(KeyError):
            at_path(payload, "aps.badge")
