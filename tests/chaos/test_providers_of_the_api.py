"""Senders over HTTP/2 that are wrong are found out, each with its numbers, its cause and advice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fakeapns.chaos import TrialResult
from fakeapns.ledger.audit import advice_on

from .stories import played, provider

HEAD = 'about = "A test."\nservices = ["api"]\n'
#: In full flow the server says GOAWAY, and does not look at what lies above.
GOAWAY = (
    HEAD
    + """
[[step]]
on = { notification = 30 }
times = 1
fault = "goaway"
debug = "Shutdown"
"""
)
#: Each of four devices gets several, and one push to three of them is refused for some reason.
SOME_4XX = (
    HEAD
    + """
[gateway]
tokens = "registered"

[[device]]
topic = "com.example.app"
token = "1a"
[[device]]
topic = "com.example.app"
token = "2b"
[[device]]
topic = "com.example.app"
token = "3c"
[[device]]
topic = "com.example.app"
token = "4d"

[[step]]
on = { token = "1a*" }
times = 1
fault = "reject"
status = "PayloadTooLarge"

[[step]]
on = { token = "2b*" }
times = 1
fault = "reject"
status = "TooManyRequests"

[[step]]
on = { token = "3c*" }
times = 1
fault = "reject"
status = "Unregistered"
"""
)
REFERENCE = (sys.executable, "-m", "fakeapns", "send")


async def told(folder: Path, story: str, *command: str, count: int = 60) -> TrialResult:
    """What comes of a command in a story."""
    file = folder / "story.toml"
    file.write_text(story)
    return await played(*command, story=file, count=count, service="api")


def causes(result: TrialResult) -> list[str]:
    return [cause.name for cause in result.causes]


@pytest.mark.parametrize("command", [REFERENCE, provider("heeds_http2")], ids=["send", "by hand"])
async def test_one_that_is_right_passes(tmp_path: Path, command: tuple[str, ...]) -> None:
    result = await told(tmp_path, GOAWAY, *command)
    assert (result.verdict, result.story()) == ("passed", []), result.output
    assert result.findings.numbers()["accepted"] == 60
    assert result.faults_fired == {"goaway": 1}


async def test_one_that_drops_what_a_goaway_left_is_found_out(tmp_path: Path) -> None:
    result = await told(tmp_path, GOAWAY, *provider("drops_behind_goaway"))
    lost = result.findings.numbers()["lost"]
    assert (result.verdict, causes(result)) == ("failed", ["failed/lost/above-a-goaway"])
    assert 0 < lost < 20
    assert result.summary == f"lost {lost}, expected at most 0"
    [text] = result.findings.explanations
    assert 'not processed for GOAWAY with 59 as its last stream ({"reason":"Shutdown"})' in text
    assert result.lessons == (advice_on("lost", "above-a-goaway"),)


async def test_one_that_retries_everything_blindly_is_found_out(tmp_path: Path) -> None:
    result = await told(tmp_path, GOAWAY, *provider("retries_blindly"))
    numbers = result.findings.numbers()
    assert (result.verdict, causes(result)) == (
        "failed",
        ["failed/duplicated/answered-before-a-goaway"],
    )
    assert (numbers["lost"], numbers["duplicated"]) == (0, 30)
    assert result.lessons == (advice_on("duplicated", "answered-before-a-goaway"),)


async def test_one_that_retries_what_is_refused_for_good_is_found_out(tmp_path: Path) -> None:
    result = await told(tmp_path, SOME_4XX, *provider("retries_blindly"))
    assert result.verdict == "failed"
    assert result.findings.numbers()["resent"] == 2
    assert "failed/resent_after_refusal/over-the-api" in causes(result)
    assert advice_on("resent_after_refusal", "over-the-api") in result.lessons


async def test_one_that_prunes_on_any_4xx_is_found_out(tmp_path: Path) -> None:
    result = await told(tmp_path, SOME_4XX, *provider("prunes_on_any_4xx"))
    assert result.verdict == "failed"
    assert causes(result) == ["failed/lost/too-many-requests", "failed/lost/pruned"]
    pruned = [text for text in result.findings.explanations if "never came, though" in text]
    assert len(pruned) == 2
    assert "with 413 PayloadTooLarge" in pruned[0]
    assert advice_on("lost", "pruned") in result.lessons
    # The third device is gone, and rightly struck off.
    audit = result.findings.audit
    assert audit is not None
    assert audit.withheld
    assert {each.token for each in audit.withheld} == {"3c" * 32}


async def test_one_that_is_right_about_4xx_passes(tmp_path: Path) -> None:
    result = await told(tmp_path, SOME_4XX, *REFERENCE)
    assert (result.verdict, result.story()) == ("passed", []), result.output
    audit = result.findings.audit
    assert audit is not None
    assert (len(audit.refused), audit.lost) == (2, ())


# ---- what a work list says ----------------------------------------------------------------------

#: Two devices, one of which is called gone, of a time before or behind its registration.
GONE = (
    HEAD
    + """
[gateway]
tokens = "registered"

[[device]]
topic = "com.example.app"
token = "1a"
registered = "-1h"
%s
[[device]]
topic = "com.example.app"
token = "2b"

[[step]]
on = { token = "1a*" }
times = 1
fault = "reject"
status = "Unregistered"
"""
)


async def test_a_410_that_is_older_than_the_registration_is_no_reason_to_prune(
    tmp_path: Path,
) -> None:
    stale = await told(tmp_path, GONE % "", *provider("prunes_on_any_4xx"))
    assert causes(stale) == ["failed/lost/pruned-too-soon"]
    assert "of a time before the last registration of its device" in stale.story()[1]
    right = await told(tmp_path, GONE % "", *REFERENCE)
    assert right.verdict == "passed", right.story()


async def test_a_410_that_is_newer_is_one(tmp_path: Path) -> None:
    gone = 'state = "uninstalled"\nsince = "-30m"\n'
    story = (GONE % gone).partition("[[step]]")[0]
    result = await told(tmp_path, story, *provider("prunes_on_any_4xx"))
    assert result.verdict == "passed", result.story()
    audit = result.findings.audit
    assert audit is not None
    assert (len(audit.refused) + len(audit.withheld), audit.delivered) == (30, 30)
    assert audit.withheld


async def test_background_pushes_are_sent_at_priority_5(tmp_path: Path) -> None:
    story = (
        HEAD
        + """
[gateway]
strict_background_priority = true
tokens = "registered"

[[device]]
topic = "com.example.app"
token = "1a"
push_type = "background"

[expect]
min_accepted = 9
"""
    )
    result = await told(tmp_path, story, *REFERENCE, count=9)
    assert result.verdict == "passed", result.story()


async def test_a_story_whose_fault_never_fired_was_not_played(tmp_path: Path) -> None:
    result = await told(tmp_path, GOAWAY, *REFERENCE, count=20)
    assert (result.verdict, result.summary) == (
        "not played",
        "no fault of this scenario fired, so it proves nothing: goaway on notification 30; 20 "
        "notifications came",
    )


async def test_what_only_sets_the_scene_does_not_make_it_a_story_that_was_played(
    tmp_path: Path,
) -> None:
    scene = """
[[step]]
on = { notification = 1 }
fault = "settings"
max_concurrent_streams = 20
"""
    result = await told(tmp_path, GOAWAY + scene, *REFERENCE, count=20)
    assert (result.verdict, result.summary) == (
        "not played",
        "no fault of this scenario fired but settings, which prepares it, so it proves nothing: "
        "goaway on notification 30; 20 notifications came",
    )
    alone = await told(tmp_path, HEAD + scene, *REFERENCE, count=20)
    assert alone.verdict == "passed", alone.story()


EXPIRED = """
[[step]]
on = { connection = 1, notification = "10.." }
fault = "reject"
status = "ExpiredProviderToken"
"""


@pytest.mark.parametrize("steps", ["", EXPIRED], ids=["none", "expired"])
async def test_a_story_about_tokens_is_not_played_with_who_signs_in_by_certificate(
    steps: str, tmp_path: Path
) -> None:
    story = HEAD + steps + "[expect]\nmax_provider_tokens = 2\n"
    by_key = await told(tmp_path, story, *REFERENCE, count=20)
    assert by_key.verdict == "passed", by_key.story()
    result = await told(tmp_path, story, *provider("heeds_http2"), count=20)
    assert (result.verdict, causes(result)) == ("not played", ["not played/certificate"])
    assert result.summary.endswith("and no notification was signed with one")
