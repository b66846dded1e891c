"""The log of a flood over the provider API."""

from __future__ import annotations

import re
from typing import Any

from fakeapns.ledger import ApiNotification, ApiRequest, ResetSeen

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
