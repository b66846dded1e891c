"""`fakeapns demo`: the first minute. One bad token, a late error, and what comes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import click
import trio

from ..audit import Audit
from ..errors import StartError
from ..fake import FakeAPNs
from ..faults import AfterNotifications, Reject
from ..sender import Outgoing, Report, SendError, open_tls, send
from .progress import progress_bar

#: How many further notifications arrive before the error leaves.
LATE = 120


@click.command()
@click.option("--count", type=click.IntRange(3), default=1000, show_default=True)
def demo(count: int) -> None:
    """See what the gateway does to a provider, and what a correct one does about it.

    Starts a server on a free port, sends notifications over TLS with one bad token in the
    middle and an error that comes late, replays what was swallowed, and tells the story.
    """
    bad = count // 2
    outgoing = [
        Outgoing(
            hashlib.sha256(f"device {number}".encode()).digest(),
            b'{"aps":{"alert":"Hello, number %d"}}' % (number + 1),
        )
        for number in range(count)
    ]
    apns = FakeAPNs()
    # In a short story fewer come behind the bad one than the error would wait for.
    late = AfterNotifications(min(LATE, count - bad - 1))
    apns.inject(Reject("invalid-token", delay=late), token=outgoing[bad].token.hex())
    with progress_bar("sending", count) as done:
        try:
            report, audit = trio.run(_play, apns, outgoing, done)
        except SendError as wrong:
            raise StartError(str(wrong)) from None
    _tell(apns, report, audit, bad + 1)
    if not audit.ok:
        raise StartError("something was lost that should not have been: please report this")


async def _play(
    apns: FakeAPNs, outgoing: list[Outgoing], done: Callable[[int], None]
) -> tuple[Report, Audit]:
    async with apns:
        context = apns.ssl_context()

        async def connect() -> trio.abc.Stream:
            return await open_tls(apns.gateway.host, apns.gateway.port, context)

        report = await send(
            connect,
            outgoing,
            settle=0.5,
            progress=lambda report: done(report.done),
        )
        return report, apns.audit([(each.token, each.payload) for each in outgoing])


def _tell(apns: FakeAPNs, report: Report, audit: Audit, bad: int) -> None:
    count, swallowed = report.intended, len(apns.discarded)
    story = [
        f"A provider had {count:,} notifications to send, and wrote them to the gateway over TLS.",
        f"Number {bad:,} has a token that Apple does not know. The gateway saw that at once and\n"
        "   said nothing yet: it went on taking what the provider wrote.",
        f"Then came the error, six bytes that name number {bad:,}, and the connection was closed.\n"
        f"   {swallowed:,} notifications had reached it behind the bad one. All were dropped,\n"
        "   without a word. A provider that does not replay them has lost them.",
        f"This one opened a new connection and sent {report.resent:,} again: what it had written\n"
        "   behind the bad one, whether it got through or was still on its way, and no other.",
    ]
    for number, sentence in enumerate(story, start=1):
        click.echo(f"{number}. {sentence}")
    rows = {
        "sent": count,
        "accepted": audit.accepted,
        "rejected": len(apns.rejected),
        "discarded": swallowed,
        "resent": report.resent,
        "lost": len(audit.lost),
        "duplicated": len(audit.duplicated),
    }
    click.echo()
    for name, number in rows.items():
        click.echo(f"{name:<11} {number:>7,}")
    click.echo()
    click.echo("Now your own provider: `fakeapns serve`, then `fakeapns env --for python`.")
