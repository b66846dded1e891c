"""Words for frames whose lengths do not fit, and for what waits behind them."""

from __future__ import annotations

from ...protocol import GatewayParser, OddLengths
from ...push import Refusal

#: What is refused for a size may have been read from the wrong place: a wrong token length got
#: status 4 (houston #56, go-libapns #14).
OF_SIZES = frozenset(
    {
        Refusal.MISSING_TOKEN,
        Refusal.TOKEN_SIZE,
        Refusal.MISSING_PAYLOAD,
        Refusal.PAYLOAD_TOO_LARGE,
    }
)


def with_lengths(reason: str, odd: OddLengths, ordinal: int) -> str:
    """A reason, and which length was probably to blame for it; `ordinal` is that of the frame."""
    own, earlier = odd
    # Where the frame before went wrong, this one is none: it begins in the middle of something.
    if earlier is not None:
        return f"{reason}; frame {ordinal - 1} before it is probably at fault: {earlier}"
    return reason if own is None else f"{reason}; {own}"


def unread_in_words(
    parser: GatewayParser, because: str | None, received: int, *, stalled: bool
) -> str | None:
    """What has come and is no frame, behind so many; `because` is why nothing more can be one."""
    if not parser.unread:
        return None
    if stalled:
        return "a fault kept it from reading what had come"
    waits = parser.waits_for() if because is None else None
    if waits is None:
        return because
    there, needed, odd = waits
    return with_lengths(f"{there:,} of {needed:,} bytes of a frame have come", odd, received + 1)
