"""The gateway's own words: status codes, and the packet that carries one."""

from __future__ import annotations

from typing import Literal

from ...ledger import DelayedBy, Moment, Response
from ...protocol import Status, encode_error, status_label
from ...push import Push, Refusal
from ..ending import Answer
from ..recorder import Recorder

#: What the gateway calls each refusal (Binary Provider API, table A-4). It has one status for
#: whatever is wrong with a token of the right size: a sandbox token at production, one of another
#: app, one that was removed (node-apn #334, #366; ruby-push-notifications #7).
STATUS: dict[Refusal, Status] = {
    Refusal.MISSING_TOPIC: Status.MISSING_TOPIC,
    Refusal.TOPIC_TOO_LONG: Status.INVALID_TOPIC_SIZE,
    Refusal.MISSING_TOKEN: Status.MISSING_TOKEN,
    Refusal.TOKEN_SIZE: Status.INVALID_TOKEN_SIZE,
    Refusal.MISSING_PAYLOAD: Status.MISSING_PAYLOAD,
    Refusal.PAYLOAD_TOO_LARGE: Status.INVALID_PAYLOAD_SIZE,
    # Apple has none for content, since the gateway does not judge it; this one says the least.
    Refusal.CONTENT: Status.PROCESSING_ERROR,
    Refusal.TOKEN_UNKNOWN: Status.INVALID_TOKEN,
    Refusal.TOKEN_OF_OTHER_TOPIC: Status.INVALID_TOKEN,
    Refusal.TOKEN_OF_OTHER_ENVIRONMENT: Status.INVALID_TOKEN,
    Refusal.UNINSTALLED: Status.INVALID_TOKEN,
    Refusal.TOKEN_EXPIRED: Status.INVALID_TOKEN,
}


def answered(push: Push, status: int) -> int | None:
    """The status that goes out. Command 0 knows no error packet: the close is all it gets."""
    # Legacy Notification Format: on an error Apple closes, and sends nothing.
    return None if push.command == 0 else status


def packet(recorder: Recorder, status: int, identifier: int, since: Moment) -> Answer:
    """An error packet that was decided at `since`.

    The entry comes first, so that nothing is ever answered that is not on record.
    """

    def answer(by: DelayedBy, now: Moment) -> bytes:
        data = encode_error(status, identifier)
        recorder.note(
            Response,
            now,
            status=status_label(status),
            code=int(status),
            identifier=identifier,
            delayed_ms=round((now.t - since.t) * 1000),
            delayed_by=by,
            bytes_hex=data.hex(),
        )
        return data

    return answer


def identifier_to_name(
    push: Push,
    status: int,
    wanted: Literal["own", "zero", "last-accepted"] | int,
    last_accepted: int,
    *,
    zero_for_empty_token: bool,
) -> int:
    """The identifier beside a status."""
    match wanted:
        case "zero":
            return 0
        case "last-accepted":
            return last_accepted
        case int(number):
            return number
    if status == Status.SHUTDOWN:
        # The one status that names what was accepted, not what was refused.
        return last_accepted
    if status == Status.MISSING_TOKEN and zero_for_empty_token:
        # Seen in the sandbox first, then off and on elsewhere (node-apn #149; pushy #149, #150,
        # #152). In June 2015 the right one came again (pushy #178), so that is the default.
        return 0
    # What is named where a notification has none is not known. pushy 0.4.3 takes 0 for "unknown"
    # and numbers from 1.
    return push.identifier or 0
