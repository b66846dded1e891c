"""The results for machines: every key that is promised."""

from __future__ import annotations

import json

from fakeapns import __version__
from fakeapns.chaos.reports import as_json

from ..results import ADVICE, EXPLAINED, OWN_ADVICE, campaign, lossy, result, trial


def test_the_whole_says_what_was_run() -> None:
    whole = json.loads(as_json(campaign(result(), lossy(), planned=5, interrupted=True)))
    trials = whole.pop("trials")
    assert whole == {
        "version": __version__,
        "command": ["./sender", "--fast"],
        "service": None,
        "count": 200,
        "timeout": "60s",
        "started": "2023-11-14T22:13:20+00:00",
        "seconds": 2.5,
        "planned": 5,
        "left_out": 0,
        "passed": 1,
        "failed": 1,
        "not_played": 0,
        "interrupted": True,
        "causes": [
            {
                "cause": "failed/lost",
                "what": "notifications never came, though nothing had kept them",
                "advice": ADVICE,
                "green_without": 1,
                "stories": ["drop-by-reset"],
            }
        ],
    }
    assert [each["verdict"] for each in trials] == ["passed", "failed"]


def test_a_trial_says_what_came_of_it() -> None:
    made = lossy(output="oh\x00", notes=("n",), refused=("r",), faults_fired={"drop": 1})
    [told] = json.loads(as_json(campaign(made)))["trials"]
    audit = told.pop("audit")
    assert (audit["ok"], audit["accepted"], len(audit["lost"])) == (False, 160, 40)
    assert told == {
        "scenario": "drop-by-reset",
        "file": "/stories/drop-by-reset.toml",
        "about": "It goes wrong.",
        "advice": OWN_ADVICE,
        "seed": 7,
        "attempt": 1,
        "verdict": "failed",
        "ok": False,
        "summary": "lost 40, expected at most 0",
        "seconds": 1.25,
        "exit_code": 0,
        "output": "oh\x00",
        "notes": ["n"],
        "refused": ["r"],
        "shortfalls": ["lost 40, expected at most 0"],
        "explanations": [EXPLAINED],
        "causes": ["failed/lost"],
        "what_to_do": [ADVICE],
        "allowed": {},
        "faults_fired": {"drop": 1},
        "rerun": "fakeapns chaos --scenario drop-by-reset --seed 7 --count 200 --timeout 60s "
        "-- ./sender --fast",
    }


def test_names_that_are_no_text_are_escaped() -> None:
    [told] = json.loads(as_json(campaign(result(trial=trial("\udcff")))))["trials"]
    assert (told["scenario"], told["file"]) == ("\\udcff", "/stories/\\udcff.toml")


def test_what_a_command_said_is_ascii() -> None:
    odd = "\x1b[31m\x9b\u202eé😀\x7f"
    written = as_json(campaign(lossy(output=odd))).decode("ascii")
    assert all(line.isprintable() for line in written.split("\n"))
    assert json.loads(written)["trials"][0]["output"] == odd
