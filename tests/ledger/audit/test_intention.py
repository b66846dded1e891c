"""What may be said of what was meant, and how it is told apart."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fakeapns.errors import UsageError
from fakeapns.ledger.audit import audit
from fakeapns.provider.work_list import WorkItem

from ...controls import CONTROL, each_control
from ...frames import PAYLOAD, TOKEN, numbered
from .told import Story, audited


def test_an_audit_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing was intended"):
        audit([], [])


@pytest.mark.parametrize(
    "given",
    [
        (TOKEN, PAYLOAD),
        [TOKEN.hex().upper(), PAYLOAD.decode()],
        (TOKEN, {"aps": {"alert": "Hi"}}),
        {"token": TOKEN.hex(), "payload": b' {"aps" : {"alert":"\\u0048i"}} '},
        SimpleNamespace(token=TOKEN.hex(), payload={"aps": {"alert": "Hi"}}),
        WorkItem(token=TOKEN.hex(), payload={"aps": {"alert": "Hi"}}, identifier=1),
        Story().came((TOKEN, PAYLOAD)),
    ],
    ids=["bytes", "text", "objects", "mapping", "attributes", "work", "notification"],
)
def test_what_was_meant_may_be_said_in_many_ways(given: Any) -> None:
    assert audited((TOKEN, PAYLOAD), intended=iter([given])).ok


@pytest.mark.parametrize(
    "given",
    [5, None, "text", (TOKEN,), (TOKEN, PAYLOAD, 1), {"token": TOKEN}, ("xyz", PAYLOAD)],
    ids=["number", "none", "text", "one", "three", "no-payload", "no-hex"],
)
def test_what_is_no_notification_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match="is no "):
        audit([], [given])


def test_a_path_into_the_payload_may_stand_for_it() -> None:
    meant = [{"token": TOKEN, "payload": {"id": number, "text": "old"}} for number in (1, 2)]
    story = Story()
    story.came((TOKEN, b'{"id":2,"text":"new"}'))
    story.came((TOKEN, b'{"id":1}'))
    assert audit(story, meant, key="id").ok
    story.came((TOKEN, b'{"text":"nameless"}'))
    assert len(audit(story, meant, key="id").unexpected) == 1


def test_a_function_may_say_who_is_who() -> None:
    story = Story()
    story.came((numbered(9), b'{"id":1}'))
    assert audit(story, [(numbered(1), {"id": 1})], key=lambda each: each.payload["id"]).ok
    assert not audit(story, [(numbered(1), {"id": 1})], key=lambda each: each.token).ok


@pytest.mark.parametrize(
    "key", [lambda each: each.payload, lambda each: each.name, lambda each: each.token[99], 5]
)
def test_a_key_that_cannot_be_is_a_sentence(key: Any) -> None:
    with pytest.raises(UsageError, match=r"number 1: (the key function fails on|5 is no key)"):
        audit([], [(TOKEN, {"id": 1})], key=key)


def test_what_is_meant_needs_what_the_path_asks_for() -> None:
    with pytest.raises(UsageError, match=r"number 2: there is no 'aps\.id' in its payload"):
        audit([], [(TOKEN, {"aps": {"id": 1}}), (TOKEN, b"{}")], key="aps.id")


@each_control
def test_what_was_lost_cannot_leave_its_line(character: str) -> None:
    found = audit([], [(TOKEN, f"no JSON: {character}")])
    assert str(found).splitlines()[2] == (
        f"  number 1 token {TOKEN.hex()[:8]}… payload no JSON: {CONTROL[character]}"
    )
