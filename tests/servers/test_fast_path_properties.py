"""Whatever happens, the short way through the server changes nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns import (
    Acknowledge,
    AfterNotifications,
    Blackhole,
    Drop,
    Reject,
    Shutdown,
    Stall,
    Step,
    Throttle,
)

from ..frames import enhanced, framed, raw_frame, simple
from .played import step
from .twice import BREAK, LEAVE, UNINSTALLED, both, burst

frames = st.one_of(
    st.integers(1, 40).map(burst),
    st.integers(1, 9).map(lambda count: burst(count, enhanced)),
    st.integers(1, 9).map(lambda count: simple() * count),
    st.sampled_from(
        [
            framed(3, b""),
            framed(3, payload=b"{}"),
            framed(3, order=(3, 2, 1)),
            raw_frame(b"\x09"),
            framed(None),
        ]
    ),
)
deeds = st.lists(
    st.lists(frames, min_size=1, max_size=4).map(b"".join) | st.sampled_from([0.053, 0.317, 3.07]),
    max_size=5,
)
faults = st.sampled_from(
    [
        Reject(delay=AfterNotifications(3)),
        Reject(delay="100ms"),
        Reject(answer_on="next-connection"),
        Drop(),
        Drop(after_bytes=20),
        Shutdown(),
        Shutdown(AfterNotifications(2)),
        Stall("200ms"),
        Stall("200ms"),
        Throttle(2000),
        Acknowledge(),
        Blackhole("100ms"),
    ]
)
numbers = st.fixed_dictionaries(
    {},
    optional={
        "notification": st.integers(1, 60) | st.sampled_from(["5..9", "30.."]),
        "every": st.integers(2, 30),
        "after": st.sampled_from(["100ms", "1s"]),
    },
)
steps = st.builds(
    lambda fault, on, times: step(fault, times=times, **on),
    faults,
    numbers,
    st.none() | st.integers(1, 2),
)


@settings(deadline=None, max_examples=100)
@given(st.lists(steps, max_size=3), deeds, st.sampled_from([(), (LEAVE,), (BREAK,)]), st.booleans())
def test_the_short_way_changes_nothing_whatever_happens(
    steps: list[Step], deeds: list[bytes | float], end: tuple[str, ...], now: bool
) -> None:
    both(steps, [*deeds, *end], UNINSTALLED, now=now)
