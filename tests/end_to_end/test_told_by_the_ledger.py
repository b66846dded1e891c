"""What became of a push that got no answer at once is told by the lines of a ledger alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h2.events
import pytest

from fakeapns import FakeAPNs, Scenario, Step
from fakeapns.ledger import ApiClosed
from fakeapns.scenario import On
from fakeapns.scenario.faults import (
    AfterNotifications,
    Blackhole,
    Drop,
    Fault,
    GoAway,
    LateAnswer,
    PartialAnswer,
    ResetStream,
    Unanswered,
)

from ..providers import await_entries
from .api_seen import Talk

Line = dict[str, Any]


def read(file: Path) -> dict[int, list[str]]:
    """What became of each stream of the only connection, in words, by nothing but the file."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    pushes = [line for line in lines if line["kind"] == "notification"]
    return {push["stream"]: list(_words(push, lines)) for push in pushes}


def _words(push: Line, lines: list[Line]) -> Iterator[str]:
    later = lines[lines.index(push) + 1 :]
    answers = [at for at, line in enumerate(later) if _is_answer(line, push["stream"])]
    if push["outcome"] == "discarded":
        [cause] = [line for line in lines if line["seq"] == push["cause"]]
        yield f"never processed: {cause['fault']}"
    elif push["answered"]:
        yield "answered at once"
    elif push["answered"] is False or not answers:
        yield f"{push['outcome']} and never answered"
    else:
        before = later[: answers[0]]
        overtaken = any(line["kind"] == "notification" and line["answered"] for line in before)
        yield "answered late, others first" if overtaken else "answered late"
        if any(line["kind"] == "goaway" and line["by"] == "server" for line in before):
            yield "behind a GOAWAY"


def _is_answer(line: Line, stream: int) -> bool:
    return bool(line["kind"] == "response" and line["stream"] == stream)


def step(fault: Fault, stream: int) -> Step:
    return Step(fault, On(stream=stream))


AT_ONCE = ["answered at once"]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([], {1: AT_ONCE, 3: AT_ONCE, 5: AT_ONCE}),
        (
            [step(Unanswered(), 1)],
            {1: ["accepted and never answered"], 3: AT_ONCE, 5: AT_ONCE},
        ),
        (
            [step(PartialAnswer("half-body"), 3)],
            {1: AT_ONCE, 3: ["rejected and never answered"], 5: AT_ONCE},
        ),
        (
            [step(LateAnswer(AfterNotifications(2)), 1)],
            {1: ["answered late, others first"], 3: AT_ONCE, 5: AT_ONCE},
        ),
        (
            [step(LateAnswer("50ms"), 1), step(GoAway(), 3)],
            {
                1: ["answered late, others first", "behind a GOAWAY"],
                3: AT_ONCE,
                5: ["never processed: goaway"],
            },
        ),
        (
            [step(LateAnswer("50ms"), 1), step(GoAway(then="silent"), 3)],
            {1: ["accepted and never answered"], 3: AT_ONCE, 5: ["never processed: goaway"]},
        ),
        (
            [step(ResetStream(), 3)],
            {1: AT_ONCE, 3: ["never processed: reset_stream"], 5: AT_ONCE},
        ),
        (
            [step(ResetStream(8, "headers"), 3)],
            {1: AT_ONCE, 3: ["accepted and never answered"], 5: AT_ONCE},
        ),
        (
            [step(Unanswered(accepted=False), 5)],
            {1: AT_ONCE, 3: AT_ONCE, 5: ["never processed: unanswered"]},
        ),
        (
            [step(Drop(), 3)],
            {1: AT_ONCE, 3: ["accepted and never answered"], 5: ["never processed: drop"]},
        ),
        (
            [step(Blackhole(), 3)],
            {1: AT_ONCE, 3: AT_ONCE, 5: ["never processed: blackhole"]},
        ),
    ],
)
def test_what_became_of_it_stands_in_the_file(
    steps: list[Step], told: dict[int, list[str]], tmp_path: Path
) -> None:
    file = tmp_path / "run.jsonl"
    scenario = Scenario(about="Something goes wrong on one stream.", step=tuple(steps))
    with FakeAPNs(scenario=scenario, ledger=file).in_thread() as apns:
        with Talk(apns) as talk:
            talk.push(3)
            wanted = {stream for stream, words in told.items() if words[0].startswith("answered")}
            talk.await_answers(*wanted)
        await_entries(apns, ApiClosed)
        assert {stream for stream in talk.answered if _ends(talk, stream)} == wanted
    assert read(file) == told


def _ends(talk: Talk, stream: int) -> bool:
    return any(event.stream_id == stream for event in talk.of(h2.events.StreamEnded))
