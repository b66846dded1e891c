"""Whatever is let through as plain, a judge accepts with nothing to say about it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakeapns.scenario.faults import Acknowledge, Drop, Reject, Shutdown, Stall, Throttle
from fakeapns.scenario.steps import On, Step

from ...frames import PAYLOAD, TOPIC, enhanced, framed, numbered, simple
from ...ledger.test_json_lines import ODD_PAYLOADS
from .worlds import OTHER, Known, Written, check


@st.composite
def frames(
    draw: st.DrawFn, tokens: st.SearchStrategy[bytes], payloads: st.SearchStrategy[bytes]
) -> bytes:
    """A few frames of one command."""
    command = draw(st.sampled_from([2, 2, 1, 0]))
    wires = []
    for _ in range(draw(st.integers(1, 7))):
        token, payload, identifier = draw(tokens), draw(payloads), draw(st.integers(0, 4))
        if command == 0:
            wires.append(simple(token, payload))
        elif command == 1:
            wires.append(enhanced(identifier, token, payload, draw(st.sampled_from([0, 2**31]))))
        else:
            priority = draw(st.sampled_from([None, 5, 10]))
            wires.append(framed(identifier, token, payload, priority=priority))
    return b"".join(wires)


def writes(
    tokens: st.SearchStrategy[bytes], payloads: st.SearchStrategy[bytes]
) -> st.SearchStrategy[list[Written]]:
    """What providers write on two connections."""
    one = st.tuples(st.integers(1, 2), frames(tokens, payloads), st.sampled_from([0.0, 2.0]))
    return st.lists(one, max_size=5)


few_tokens = st.sampled_from([*map(numbered, range(4)), b"\xab" * 32])
odd_tokens = few_tokens | st.sampled_from([b"\xff\xff\x00\x07" + bytes(28), b"\xab" * 20, b""])
plain_payloads = st.sampled_from([PAYLOAD, PAYLOAD, b'{"aps":{"alert":"Hi","badge":1}}'])

# ---- payloads -----------------------------------------------------------------------------

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.integers(), st.floats(), st.text(max_size=3)
)
values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars)
alerts = st.one_of(
    st.just("Hi"), values, st.dictionaries(st.sampled_from(["title", "loc-args"]), values)
)
#: Mostly nothing wrong but for one.
aps = st.fixed_dictionaries(
    {},
    optional={
        "alert": alerts,
        "badge": st.sampled_from([0, 1, -1, True, 1.5, "1"]),
        "sound": st.just("default") | values,
        "content-available": st.sampled_from([0, 1, True, "1"]),
        "category": values,
        "url-args": st.just([]) | values,
        "custom": values,
        "badges": values,
        "title": values,
    },
)
contents = st.one_of(
    st.fixed_dictionaries({"aps": aps}),
    st.fixed_dictionaries({"aps": aps}, optional={"mdm": values, "custom": values}),
    st.fixed_dictionaries({"aps": values}),
    st.fixed_dictionaries({"mdm": values}),
    values,
)


def as_json(value: Any) -> bytes:
    """JSON as careless providers write it: `NaN` and lone surrogates go through."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


deep = st.builds(
    lambda depth, head: head + b"[" * depth + b"]" * depth + b"}",
    st.sampled_from([1, 100, 490, 499, 500, 508, 509, 510, 511, 512, 513, 600]),
    st.sampled_from([b'{"aps":{"alert":"Hi"},"x":', b'{"aps":{},"mdm":', b'{"aps":']),
)
long = st.builds(
    lambda size: b'{"aps":{"alert":"' + b"x" * size + b'"}}',
    st.sampled_from([0, 1, 30, 235, 236, 237, 1003, 1004, 1005, 2027, 2028, 2029, 4076]),
)
#: Objects that may have a key twice.
twice = st.builds(
    lambda pairs, form: form % ",".join(f'"{key}":"{value}"' for key, value in pairs).encode(),
    st.lists(
        st.tuples(st.sampled_from(["alert", "badges", "a"]), st.sampled_from(["Hi", ":", "é"])),
        max_size=3,
    ),
    st.sampled_from([b'{"aps":{%b}}', b'{"aps":{"alert":"Hi"},"x":{%b}}', b'{"aps":{},%b}']),
)
payloads = st.one_of(
    contents.map(as_json),
    twice,
    st.sampled_from([each for each in ODD_PAYLOADS.values() if len(each) < 5000]),
    deep,
    long,
    st.builds(lambda inside: b'{"aps":{"alert":"' + inside + b'"}}', st.binary(max_size=4)),
    st.builds(lambda inside: b'{"aps":{"alert":' + inside + b"}}", st.binary(max_size=4)),
    st.binary(max_size=9),
)


@settings(deadline=None, max_examples=600)
@given(
    writes(st.just(numbered(1)), payloads),
    st.fixed_dictionaries(
        {},
        optional={
            "payload_limit": st.integers(1, 4096) | st.sampled_from([1, 22, 256, 1024, 4096]),
            "strict_payload": st.booleans(),
        },
    ),
    st.sampled_from([TOPIC, TOPIC, "pass.com.example", f"{TOPIC}.voip", "com.apple.mgmt.x"]),
)
def test_whatever_the_payload(written: list[Written], given: dict[str, Any], topic: str) -> None:
    check(written, given, topics=(topic,))


# ---- settings and devices -----------------------------------------------------------------

devices = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([TOPIC, OTHER]),
        st.sampled_from(["active", "active", "uninstalled"]),
        st.sampled_from([None, "production", "sandbox"]),
    ),
    max_size=4,
    unique_by=lambda each: each[:2],
)


@settings(deadline=None, max_examples=600)
@given(
    writes(odd_tokens, plain_payloads),
    st.fixed_dictionaries(
        {},
        optional={
            "tokens": st.sampled_from(["any", "registered"]),
            "token_sizes": st.sampled_from(["1..100", 32, "33..", "1..31"]),
            "uninstalled": st.sampled_from(["accept", "reject"]),
            "environment": st.sampled_from(["production", "sandbox"]),
            "scripted_tokens": st.booleans(),
            "signed_expiry": st.booleans(),
            "zero_identifier_for_empty_token": st.booleans(),
        },
    ),
    devices,
    st.sampled_from([(TOPIC,), (TOPIC, OTHER), (OTHER, TOPIC), (), ("x" * 255,), ("é" * 128,)]),
)
def test_whatever_the_settings_and_the_devices(
    written: list[Written], given: dict[str, Any], known: list[Known], topics: tuple[str, ...]
) -> None:
    check(written, given, known, topics=topics)


# ---- steps --------------------------------------------------------------------------------

counts = st.integers(0, 9) | st.sampled_from(["2..5", "3..", "0..1", "7..7", "0.."])
TRIGGERS: dict[str, st.SearchStrategy[Any]] = {
    "notification": counts,
    "every": st.integers(1, 5),
    "token": st.sampled_from(["*", "AB*", "ab??*", "*0[12]", numbered(1).hex(), "["]),
    "connection": st.integers(1, 2) | st.just("2.."),
    "after": st.sampled_from(["0ms", "1s"]),
    "identifier": counts,
    "topic": st.sampled_from([TOPIC, "com.*", "*.other"]),
    "command": st.integers(0, 2),
    "priority": st.sampled_from([5, 10]),
    "payload": st.sampled_from([{"aps.alert": "Hi"}, {"aps.badge": 1}]),
    "where": st.just(lambda notification: notification.identifier == 3),
}
FAULTS = [Reject("unknown"), Drop(), Stall("1s"), Shutdown(), Acknowledge()]


@st.composite
def steps(draw: st.DrawFn, *always: str) -> Step:
    """A step with up to two triggers, and those that are always given."""
    names = draw(st.lists(st.sampled_from(list(TRIGGERS)), max_size=2, unique=True))
    on: dict[str, Any] = {name: draw(TRIGGERS[name]) for name in names}
    on |= {name: draw(st.sampled_from([0, 0.5, 1])) for name in always}
    # No frame has these together.
    if on.get("command", 2) < 2:
        on.pop("priority", None)
    if on.get("command") == 0:
        on.pop("identifier", None)
    times = draw(st.none() | st.integers(1, 2))
    return Step(draw(st.sampled_from(FAULTS)), On(**on), times, draw(st.sampled_from(PER)))


PER: list[Any] = ["server", "connection"]
timed = st.sampled_from(
    [Step(Throttle(), On(after="1s")), Step(Drop(after_bytes=4), On(every=3)), Step(Stall("1s"))]
)


@settings(deadline=None, max_examples=1000)
@given(writes(few_tokens, plain_payloads), st.lists(steps() | timed, max_size=2))
def test_whatever_the_steps(written: list[Written], steps: list[Step]) -> None:
    check(written, steps=steps)


@settings(deadline=None, max_examples=300)
@given(
    writes(st.just(numbered(1)), st.just(PAYLOAD)),
    st.lists(steps() | steps("chance"), max_size=2),
    st.sampled_from(["0ms", "1s", "75ms..500ms"]),
)
# Chance counts how often a push was judged before the numbers of its trigger have come.
@example(
    [(1, framed(1) * 12, 0.0)],
    [Step(Reject("unknown"), On(notification="3..", chance=0.5))],
    "0ms",
)
def test_whatever_is_left_to_chance(written: list[Written], steps: list[Step], delay: str) -> None:
    check(written, {"error_delay": delay}, steps=steps)


# ---- what chance may miss -----------------------------------------------------------------


def test_a_silent_payload_is_a_mistake_unless_its_priority_is_5() -> None:
    silent = b'{"aps":{"content-available":1}}'
    check([(1, b"".join(framed(1, payload=silent, priority=each) for each in (5, 10)), 0.0)])
    check([(1, framed(1, payload=silent) + enhanced(1, payload=silent), 0.0)])


def test_a_glob_may_be_written_in_upper_case() -> None:
    wire = framed(1) + framed(2, b"\xab" * 32) + framed(3)
    check([(1, wire, 0.0)], steps=[Step(Reject(), On(token="AB*"))])


def test_a_delay_that_is_drawn_depends_on_how_often_the_same_was_judged() -> None:
    check(
        [(1, framed(1) * 5, 0.0)],
        {"error_delay": "75ms..500ms"},
        steps=[Step(Reject(), On(notification=4))],
    )
