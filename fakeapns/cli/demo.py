"""`fakeapns demo`: the first minute. One bad token, a late error, and two providers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import click
import msgspec
import trio

from ..chaos import (
    FAILED,
    PASSED,
    CampaignResult,
    Setup,
    TrialResult,
    choose_trials,
    findings_of,
    work_for,
)
from ..chaos.reports import ReportFiles, as_page, as_text
from ..errors import StartError
from ..fake import FakeAPNs
from ..provider import Connect, Outgoing, Report, SendError, open_tls, send
from .progress import progress_bar
from .saying import say
from .stopping import Stop

STORY = "bad-token-in-a-burst"
#: The number of the notification whose token is bad in that story.
BAD = 100
#: Seconds for which errors are awaited behind the last notification.
SETTLE = 0.5

#: Sends everything over connections that the first argument makes.
Provider = Callable[[Connect, list[Outgoing]], Awaitable[None]]


@click.command()
@click.option("--count", type=click.IntRange(150), default=1000, show_default=True)
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path), help="Write the timelines here, too."
)
def demo(count: int, html_file: Path | None) -> None:
    """See what the gateway does to a provider, and what a correct one does about it.

    Plays a story of the catalogue with two providers, over TLS on free ports: one takes
    silence for success, one does not. Shows the report that `fakeapns chaos` makes of them.
    """
    files = ReportFiles.of((html_file, as_page))
    setup = Setup(("./your-sender",), count, "60s", keep_entries=html_file is not None)
    campaign = CampaignResult(setup=setup, started=time.time(), planned=2, results=[])
    known: list[Report] = []
    stop = click.get_current_context().ensure_object(Stop)
    with progress_bar("sending", count) as done:

        async def correct(connect: Connect, outgoing: list[Outgoing]) -> None:
            def show(report: Report) -> None:
                done(report.done)

            known.append(await send(connect, outgoing, settle=SETTLE, progress=show))

        try:
            for name, provider in (("careless", _careless), ("correct", correct)):
                play = partial(_play, name, provider, setup)
                campaign.results.append(stop.run(play))
        except SendError as wrong:
            raise StartError(str(wrong)) from None
    _tell(campaign, known[0])
    files.write(campaign)
    if [result.ok for result in campaign.results] != [False, True]:
        raise StartError("the wrong one of the two has passed: please report this")


async def _careless(connect: Connect, outgoing: list[Outgoing]) -> None:
    """Write everything, look at nothing."""
    stream = await connect()
    frames = (each.encode(2, number) for number, each in enumerate(outgoing, start=1))
    with contextlib.suppress(trio.BrokenResourceError):
        await stream.send_all(b"".join(frames))
    await trio.sleep(SETTLE)
    await trio.aclose_forcefully(stream)


async def _play(name: str, provider: Provider, setup: Setup) -> TrialResult:
    [trial] = choose_trials((STORY,), None, 1)
    apns = FakeAPNs(scenario=trial.scenario, seed=trial.seed)
    items = work_for(apns.devices, apns.settings, apns.topics[0], setup.count)
    outgoing = [
        Outgoing(bytes.fromhex(item.device), msgspec.json.encode(item.payload)) for item in items
    ]
    began = trio.current_time()
    async with apns:
        context = apns.ssl_context()

        async def connect() -> trio.abc.Stream:
            return await open_tls(apns.gateway.host, apns.gateway.port, context)

        await provider(connect, outgoing)
        await apns.wait_until_quiet(0.1)
    findings = findings_of(apns, items)
    return TrialResult(
        trial=msgspec.structs.replace(trial, label=name),
        verdict=FAILED if findings.shortfalls else PASSED,
        summary="; ".join(findings.shortfalls),
        seconds=trio.current_time() - began,
        rerun=setup.rerun(trial),
        findings=findings,
        entries=tuple(apns.ledger) if setup.keep_entries else (),
    )


def _tell(campaign: CampaignResult, known: Report) -> None:
    count, lost = campaign.setup.count, campaign.results[0].findings.numbers()["lost"]
    story = [
        f"Two providers had {count:,} notifications to send, and wrote them to a gateway over TLS.",
        f"Number {BAD} has a token that Apple does not know. The gateway saw that at once and\n"
        "   said nothing yet: it went on taking what they wrote.",
        f"Then came the error, six bytes that name number {BAD}, and the connection was closed.\n"
        f"   What had been written behind number {BAD} was dropped, without a word.",
        f"The careless one took silence for success: {lost:,} messages are lost, and it does not\n"
        f"   know. The correct one opened a new connection and sent {known.resent:,} again: what\n"
        "   it had written behind the bad one, and no other.",
    ]
    for number, sentence in enumerate(story, start=1):
        say(f"{number}. {sentence}")
    say(f"\n{as_text(campaign)}")
    say("\nNow your own sender, in any language: `fakeapns chaos -- COMMAND`.")
