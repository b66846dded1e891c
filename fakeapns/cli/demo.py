"""`fakeapns demo`: the first minute. Something goes wrong, and two providers deal with it."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import click

from ..chaos import CampaignResult, Setup
from ..chaos.reports import ReportFiles, as_page, as_text
from ..errors import StartError
from ..provider import Report, SendError
from .demo_gateway import gateway_story
from .demo_story import Story, play
from .progress import progress_bar
from .saying import say
from .stopping import Stop


@click.command()
@click.option(
    "--service",
    type=click.Choice(["gateway", "api"]),
    default="gateway",
    show_default=True,
    help="The binary gateway, or the provider API over HTTP/2.",
)
@click.option("--count", type=click.IntRange(150), default=1000, show_default=True)
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path), help="Write the timelines here, too."
)
def demo(service: str, count: int, html_file: Path | None) -> None:
    """See what goes wrong for a provider, and what a correct one does about it.

    Plays a story to two providers, over TLS on free ports: one is careless, one is not. Shows
    the report that `fakeapns chaos` makes of them.
    """
    files = ReportFiles.of((html_file, as_page))
    setup = Setup(("./your-sender",), count, "60s", keep_entries=html_file is not None)
    story = _story(service, setup)
    campaign = CampaignResult(setup=setup, started=time.time(), planned=2, results=[])
    stop = click.get_current_context().ensure_object(Stop)
    resent = 0
    with progress_bar("sending", count) as done:

        def show(report: Report) -> None:
            done(report.done)

        try:
            for label in ("careless", "correct"):
                result, resent = stop.run(partial(play, label, story, setup, show))
                campaign.results.append(result)
        except SendError as wrong:
            raise StartError(str(wrong)) from None
    _tell(story, campaign, resent)
    files.write(campaign)
    if [result.ok for result in campaign.results] != [False, True]:
        raise StartError("the wrong one of the two has passed: please report this")


def _story(service: str, setup: Setup) -> Story:
    if service == "gateway":
        return gateway_story(setup)
    # Who wants the binary protocol loads no library for the other one.
    from .demo_api import api_story

    return api_story(setup)


def _tell(story: Story, campaign: CampaignResult, resent: int) -> None:
    say(f"{story.speaks}\n")
    lost = campaign.results[0].findings.numbers()["lost"]
    for number, sentence in enumerate(story.tell(lost, resent), start=1):
        say(f"{number}. {sentence}")
    say(f"\n{as_text(campaign)}")
    say("\nNow your own sender, in any language: `fakeapns chaos -- COMMAND`.")
