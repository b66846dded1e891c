"""Expirations that were probably meant otherwise. All are taken: Apple says of none that it is not.

0 means one attempt, and nothing is stored (Binary Provider API). Any other number is a date; what
is stored is kept for 30 days at most ("Sending notification requests to APNs"). A binary frame has
four bytes for it, and a header as many digits as somebody writes.
"""

from __future__ import annotations

from datetime import UTC, datetime

_DAY = 86_400
_YEAR = 365.25 * _DAY
#: Seconds by which the provider's clock may be behind.
_LEEWAY = 5.0
#: Nobody means to have a notification kept for longer than a year, where 30 days is the most.
_AHEAD = 366 * _DAY
#: A number below is no date that anybody would write, but may be so many seconds from now.
_SECONDS = 10 * _YEAR
#: java-apns writes this for "as long as possible", the last second of four signed bytes.
_FOR_EVER = 0x7FFF_FFFF
#: PushSharp writes this for "do not store", when expirations were still signed.
_MINUS_ONE = 0xFFFF_FFFF
_BYTES = 1 << 32
#: The first second of the year 10000, which no calendar here can name.
_NO_DATE = 253_402_300_800
#: How many of each are a second: what clocks count in where a header has room for it.
_FINER = {"milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}


def expiration_warning(
    expiration: int | None, since: float, *, in_digits: bool = False
) -> str | None:
    """What seems to be wrong with an expiration, None if nothing does. Both are epoch seconds.

    It came as four bytes, or `in_digits`. `since` is the earliest moment at which the notification
    may have been written. Not the one at which it was read: a fault may have held it back until it
    was over.
    """
    if not expiration or expiration < 0 or expiration == _FOR_EVER:
        return None
    if since - _LEEWAY <= expiration <= since + _AHEAD:
        return None
    if expiration == _MINUS_ONE:
        return "expiration 0xffffffff is a date in 2106: to have it not stored, write 0"
    if expiration < since:
        where, guess = "in the past, so it is never stored", _why_past(expiration, since, in_digits)
    else:
        where, guess = "more than a year ahead", _why_ahead(expiration, since, in_digits)
    return f"expiration {expiration} is {_date(expiration)}, {where}{guess}"


def _date(expiration: int) -> str:
    if expiration >= _NO_DATE:
        return "a date beyond the year 9999"
    return datetime.fromtimestamp(expiration, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _why_past(expiration: int, since: float, in_digits: bool) -> str:
    if not in_digits and _backwards(expiration, since):
        return ": are its bytes in the wrong order?"
    if expiration < _SECONDS:
        return ": seconds from now instead of since 1970?"
    # Four bytes of milliseconds come round every 50 days, so of a longer time this would be chance.
    cut = not in_digits and (expiration - int(since * 1000)) % _BYTES <= _DAY * 1000
    return ": milliseconds, of which only four bytes are left?" if cut else ""


def _why_ahead(expiration: int, since: float, in_digits: bool) -> str:
    # aioapns takes how long, adds the time, and does not mind a date (`connection.py`, 4.0).
    if -_LEEWAY <= expiration - 2 * since <= _AHEAD:
        return ": a date where the library wants seconds from now?"
    if not in_digits and _backwards(expiration, since):
        return ": are its bytes in the wrong order?"
    if not in_digits:
        return ": milliseconds, of which only four bytes are left? Apple keeps nothing over 30 days"
    for unit, a_second in _FINER.items():
        if abs(expiration / a_second - since) <= _SECONDS:
            return f": {unit} instead of seconds?"
    return ": Apple keeps nothing over 30 days"


def _backwards(expiration: int, since: float) -> bool:
    """Whether its bytes make a date of the next year the other way round: one number in 136."""
    date = int.from_bytes(expiration.to_bytes(4, "big"), "little")
    return since <= date <= since + _AHEAD
