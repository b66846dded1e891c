"""Chaos: any command against stories of the catalogue, one server each, and what came of it.

`trials` says which stories are played, `setup` what is the same for all, `work` what is to be
sent; `first_trial` finds out to which service the command sends. `command` runs the user's
program, `play` plays one story with it, `campaign` all of them. What came of that is a `result`:
the `findings`, the `conclusion` with its `verdict` (`nothing` came, or it was `unplayed`), and
`notes`. What is not green has a `cause`, which may stand in its `output`, and a sentence of
`advice`; `groups` are stories that have one in common. `reports` tell it all.
"""

from .campaign import Campaign
from .findings import findings_of
from .first_trial import find_service
from .result import CampaignResult, TrialResult
from .setup import Setup
from .trials import Trial, choose_trials
from .verdict import FAILED, PASSED
from .work import work_for

__all__ = [
    "FAILED",
    "PASSED",
    "Campaign",
    "CampaignResult",
    "Setup",
    "Trial",
    "TrialResult",
    "choose_trials",
    "find_service",
    "findings_of",
    "work_for",
]
