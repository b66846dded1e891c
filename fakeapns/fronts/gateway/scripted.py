"""Tokens that ask for something, in the manner of java-apns's simulator."""

from __future__ import annotations

from ...push import Chosen
from ...scenario.faults import Drop, Fault, Reject, Stall

#: How such a token begins.
_MARK = b"\xff\xff"


def scripted(token: bytes) -> Chosen | None:
    """The fault that a token asks for, if any.

    `FailingApnsServerSimulator`: ff ff 00 cc is status cc, ff ff 01 n a pause of n × 100 ms,
    ff ff 02 a close. For clients that can reach nothing but the gateway.
    """
    if len(token) < 3 or not token.startswith(_MARK):
        return None
    argument = token[3] if len(token) > 3 else 0
    fault: Fault
    match token[2]:
        case 0:
            fault = Reject(argument)
        case 1:
            fault = Stall(f"{argument * 100}ms")
        case 2:
            fault = Drop()
        case _:
            return None
    return Chosen(fault, None)
