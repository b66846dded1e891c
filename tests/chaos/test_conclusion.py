"""What a verdict says of stories that were met in part, or not played, by real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from .stories import QUIET, played, provider

SENDER = " ".join(provider("replays"))
API_ONLY = QUIET + 'services = ["api"]\n'


def story(folder: Path, text: str) -> Path:
    """A file with it."""
    path = folder / "story.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("allowed", "verdict"), [(5, "passed"), (0, "exit 3")])
async def test_who_may_leave_something_unsent_may_say_so_by_an_exit_code(
    tmp_path: Path, allowed: int, verdict: str
) -> None:
    quiet = story(tmp_path, f"{QUIET}[expect]\nlost = {allowed}\n")
    result = await played("sh", "-c", f"{SENDER}; exit 3", story=quiet, count=5)
    assert (result.verdict, result.exit_code) == (verdict, 3)


async def test_an_exit_code_is_none_to_be_had_for_nothing(tmp_path: Path) -> None:
    quiet = story(tmp_path, f"{QUIET}[expect]\nlost = 5\n")
    assert (await played("sh", "-c", "exit 3", story=quiet, count=5)).verdict == "exit 3"


async def test_steps_of_a_green_story_that_never_acted_are_named(tmp_path: Path) -> None:
    steps = """
[[step]]
on = { notification = 2 }
fault = "reject"

[[step]]
on = { notification = 4000 }
fault = "reject"
"""
    result = await played(*provider("replays"), story=story(tmp_path, QUIET + steps), count=5)
    assert result.verdict == "passed", result.story()
    [note] = result.notes
    assert note.startswith("step 2 never acted, and proves nothing of this sender: reject on noti")


async def test_a_story_whose_file_is_why_it_was_not_played_says_so(tmp_path: Path) -> None:
    step = '[[step]]\non = { reason = "BadDeviceTokn" }\nfault = "drop"\n'
    result = await played(*provider("heeds_http2"), story=story(tmp_path, API_ONLY + step), count=5)
    assert result.verdict == "not played"
    assert [each.name for each in result.causes] == ["not played/noted"]
    assert "BadDeviceTokn" in "\n".join(result.notes)
    assert result.lessons[0].startswith("Mend the file")


async def test_a_story_about_hosts_asks_for_the_proxy(tmp_path: Path) -> None:
    step = '[[step]]\non = { service = "api", host = "api.push.apple.com" }\nfault = "refuse"\n'
    result = await played(*provider("heeds_http2"), story=story(tmp_path, API_ONLY + step), count=5)
    assert [each.name for each in result.causes] == ["not played/proxy"]
    assert "APNS_PROXY" in result.lessons[0]


async def test_that_timing_decides_whom_a_step_hits_is_no_mistake_of_its_file(
    tmp_path: Path,
) -> None:
    step = '[[step]]\non = { notification = 4000 }\nfault = "reject"\n'
    result = await played(*provider("replays"), story=story(tmp_path, QUIET + step), count=5)
    assert [each.name for each in result.causes] == ["not played"]
    assert result.notes == ()
