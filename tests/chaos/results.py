"""Results made by hand, for the tests of what tells them."""

from __future__ import annotations

from typing import Any

from fakeapns import Scenario
from fakeapns.chaos import CampaignResult, Setup, Trial, TrialResult
from fakeapns.chaos.findings import Findings
from fakeapns.ledger.audit import audit

from ..frames import PAYLOAD, numbered
from ..ledger.audit.told import Story

#: What explains the forty that `lossy` lost.
EXPLAINED = (
    "numbers 161 to 200 (the first for token …000000a0) never reached the gateway: number 160 was "
    "the last on connection 1, which was ended by the provider; the provider opened no further "
    "connection"
)

#: What is to be done about it.
ADVICE = (
    "Look whether the sender has written all of them before it ended: wait until its buffers are "
    "flushed, over HTTP/2 until each push has its answer, and close the connection in order."
)
#: What a story says for itself.
OWN_ADVICE = "Do better."

SETUP = Setup(("./sender", "--fast"), 200, "60s")


def trial(name: str = "drop-by-reset", seed: int = 7, label: str | None = None) -> Trial:
    """A trial of that name."""
    scenario = Scenario(about="It goes wrong.", advice=OWN_ADVICE, name=name)
    return Trial(scenario, name, f"/stories/{name}.toml", seed, 1, label or name)


def findings(accepted: int) -> Findings:
    """Of 200 notifications the first so many were accepted."""
    meant = [(numbered(number), PAYLOAD) for number in range(200)]
    story = Story()
    story.opened()
    for pair in meant[:accepted]:
        story.came(pair)
    story.closed("ended")
    found = audit(story, meant)
    return Findings(
        reached=accepted,
        audit=found,
        found=found.findings,
    )


def result(verdict: str = "passed", name: str = "drop-by-reset", **given: Any) -> TrialResult:
    """A result with this verdict."""
    usual: dict[str, Any] = {
        "trial": trial(name),
        "summary": "" if verdict == "passed" else f"it is {verdict}",
        "seconds": 1.25,
        "rerun": SETUP.rerun(trial(name)),
        "exit_code": 0,
        "findings": findings(200),
    }
    return TrialResult(verdict=verdict, **{**usual, **given})


def lossy(**given: Any) -> TrialResult:
    """One that failed, since forty were lost."""
    return result("failed", summary="lost 40, expected at most 0", findings=findings(160), **given)


def campaign(*results: TrialResult, **given: Any) -> CampaignResult:
    """What came of a campaign that had these."""
    usual: dict[str, Any] = {"started": 1_700_000_000.0, "planned": len(results), "seconds": 2.5}
    return CampaignResult(setup=SETUP, results=list(results), **{**usual, **given})
