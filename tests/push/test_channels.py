"""Channels as the server knows them: made, found, deleted, and for which apps there are some."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

import pytest

from fakeapns.errors import UsageError
from fakeapns.push import Channels
from fakeapns.push import channels as module
from fakeapns.push.channels import Channel

APP, OTHER = "com.example.app", "com.example.other"
ID = "dHN0LXNyY2gtY2hubA=="


def channels(**how: Any) -> Channels:
    return Channels(lambda: 1000.0, **how)


def test_a_made_up_id_is_24_characters_of_standard_base64() -> None:
    made = channels().add(APP)
    assert (len(made.id), len(base64.b64decode(made.id, validate=True))) == (24, 16)
    assert str(made) == made.id
    assert repr(made) == f"<Channel {made.id} com.example.app>"


def test_it_depends_on_nothing_but_the_app_and_how_many_it_has_had() -> None:
    first, second = channels(), channels(most=2)
    ids = [first.add(APP).id for _ in range(3)]
    second.add(OTHER)
    got = [second.add(APP, 1).id for _ in range(2)]
    # What was not made has no number.
    assert second.create(APP, 0) is None
    second.of(APP)[0].delete()
    got.append(second.add(APP).id)
    assert got == ids
    assert len(set(ids)) == 3


def test_who_asks_for_an_id_takes_it_from_those_that_are_made_up() -> None:
    wanted = channels().add(APP).id
    there = channels()
    assert there.add(APP, id=wanted).id == wanted
    assert there.add(APP).id != wanted


def test_a_channel_is_found_until_nobody_can_remember_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 1)
    there = channels()
    first, second = there.add(APP, 1), there.add(APP)
    assert there.find(APP, first.id) is first
    assert (first.storage_policy, second.storage_policy, first.deleted) == (1, 0, None)
    first.delete()
    first.delete()
    assert there.find(APP, first.id) is first
    assert (first.deleted, repr(first)) == (1000.0, f"<Channel {first.id} com.example.app deleted>")
    assert there.of(APP) == [second]
    second.delete()
    assert (there.find(APP, first.id), there.find(APP, second.id)) == (None, second)


def test_what_is_deleted_never_comes_back() -> None:
    there = channels()
    made = there.add(APP)
    made.delete()
    with pytest.raises(UsageError, match="is there, or was: ids are never used again"):
        there.add(APP, id=made.id)
    # And one that only looks like it changes nothing.
    there.add(APP, id=ID)
    Channel(there, APP, ID, 0).delete()
    assert [each.id for each in there] == [ID]


def test_apps_share_nothing_but_ids() -> None:
    there = channels()
    ours, theirs = there.add(APP, id=ID), there.add(OTHER)
    assert there.find(APP, theirs.id) is None
    assert (there.owner(theirs.id), there.owner(ID), there.owner("AAAA")) == (OTHER, APP, None)
    assert list(there) == [ours, theirs]
    assert len(there) == 2
    shared = there.add(OTHER, id=ID)
    assert (there.owner(ID), there.find_anywhere(ID)) == (APP, ours)
    ours.delete()
    assert (there.owner(ID), there.find_anywhere(ID)) == (OTHER, shared)
    shared.delete()
    assert (there.owner(ID), there.find_anywhere(ID)) == (None, ours)


def test_whose_an_id_is_takes_as_long_with_a_thousand_apps_as_with_one() -> None:
    there = channels()
    made = [there.add(f"com.example.app{number}") for number in range(1000)]
    assert steps(lambda: there.owner(made[-1].id)) == steps(lambda: there.owner(made[0].id))
    assert steps(lambda: there.owner("AAAA")) < 20


def steps(call: Callable[[], object]) -> int:
    """How many lines of the module this call runs.

    Others' are not counted: a collection of garbage at that moment runs what Hypothesis hung there.
    """
    lines = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace if frame.f_code.co_filename == module.__file__ else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"storage_policy": 2}, "2 is no storage policy: 0 stores nothing, 1 the newest"),
        ({"storage_policy": True}, "True is no storage policy: 0 stores nothing, 1 the newest"),
        ({"storage_policy": 1.0}, "1.0 is no storage policy"),
        ({"storage_policy": "1"}, "'1' is no storage policy"),
        ({"id": ""}, "'' is no id of a channel: give base64, as Apple's are"),
        ({"id": "abc"}, "'abc' is no id of a channel: give base64, as Apple's are"),
        ({"id": 7}, "7 is no id of a channel: give base64, as Apple's are"),
        ({"id": ID}, "channel 'dHN0LXNyY2gtY2hubA==' of com.example.app is there, or was"),
    ],
)
def test_what_cannot_be_added_is_told_why(how: Any, why: str) -> None:
    there = channels()
    there.add(APP, id=ID)
    with pytest.raises(UsageError) as told:
        there.add(APP, **how)
    assert why in str(told.value)
    assert len(there) == 1


def test_an_app_has_so_many_channels_at_a_time() -> None:
    there = channels(most=1)
    only = there.add(APP)
    there.add(OTHER)
    assert there.are_all_taken(APP)
    with pytest.raises(UsageError) as told:
        there.add(APP)
    assert str(told.value) == (
        "com.example.app has 1 channels, and max_channels are no more: delete some"
    )
    only.delete()
    assert there.add(APP) in there.of(APP)


def test_threads_that_make_channels_at_once_get_different_ones() -> None:
    there = channels()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: there.add(APP), range(400)))
    assert len({each.id for each in made}) == len(there) == 400


def test_the_capability_is_there_unless_a_setting_or_a_test_took_it() -> None:
    there = channels(without=["com.example.*", "net.example"])
    assert not there.are_enabled(APP)
    assert not there.are_enabled("net.example")
    assert there.are_enabled("net.example.app")
    there.enable(APP)
    there.disable("net.example.app")
    assert there.are_enabled(APP)
    assert not there.are_enabled(OTHER)
    assert not there.are_enabled("net.example.app")
