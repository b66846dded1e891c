"""The log of a flood over the provider API."""

from __future__ import annotations

import re
from typing import Any

from fakeapns.ledger import ApiNotification, ApiRequest, ApiResponse, ResetSeen, SettingsSeen

from ..ledger.pushes import push_facts
from ..moments import at
from .test_telling import Told


def test_a_flood_over_the_api_is_told_in_few_lines_with_what_was_wrong() -> None:
    told = Told()
    ledger = told.book.ledger
    asked: dict[str, Any] = {"connection": 1, "headers": {"a": ("b", "c")}, "body_base64": ""}
    asked |= {"method": "GET", "http_status": 404, "reason": "BadPath"}
    reset: dict[str, Any] = {"connection": 1, "by": "provider", "code": 8, "detail": "CANCEL"}
    for number in range(1000):
        stream = {"ordinal": number, "stream": 2 * number + 1}
        ledger.record(ApiNotification, at(0), **push_facts(**stream))
        bad = {"reason": "BadPriority", "detail": f"apns-priority is '{number}'"}
        ledger.record(ApiNotification, at(0), **push_facts(**stream, **bad))
        path = {"path": f"/{number}", "detail": f"nothing is at '/{number}'"}
        ledger.record(ApiRequest, at(0), **asked, **stream, **path)
        ledger.record(ResetSeen, at(0), stream=stream["stream"], **reset)
    told.telling.flush()
    assert len(told.lines) < 40
    last = "\n".join(told.lines[-4:])
    assert re.search(r"notification \d+ accepted on connection 1", last)
    assert re.search(r"\d+ rejected 400 BadPriority on connection 1: apns-priority is …", last)
    assert re.search(r"request \d+ times connection=1 method=GET http_status=404 .*at …", last)
    assert re.search(r"stream.reset \d+ times connection=1 by=provider code=8", last)


def test_settings_and_answers_at_once_are_told_to_who_wants_to_know_all() -> None:
    told, all_of_it = Told(), Told(verbose=True)
    for each in (told, all_of_it):
        ledger = each.book.ledger
        ledger.record(SettingsSeen, at(0), connection=1, by="server", values={3: 1})
        for delayed, detail in ((0, None), (250, None), (0, "21 bytes of its body wait")):
            ledger.record(
                ApiResponse,
                at(0),
                connection=1,
                stream=1,
                http_status=400,
                reason="BadTopic",
                delayed_ms=delayed,
                delayed_by="none",
                detail=detail,
            )
        each.telling.flush()
    assert len(all_of_it.lines) == 4
    late, stuck = told.lines
    assert "after 250 ms" in late
    assert "21 bytes of its body wait" in stuck
