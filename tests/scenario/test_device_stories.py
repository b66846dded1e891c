"""Stories of devices at the gateway: who forgets what a push was to have, or believes any time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import msgspec
import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs
from fakeapns.ledger import Delivery, FaultFired
from fakeapns.ledger.audit import Audit
from fakeapns.provider.sender import Outgoing, read_feedback, send

from ..careless_over_http2 import without_a_badge_of_0
from .test_catalogue import as_outgoing, work_of

Sender = Callable[[FakeAPNs, Sequence[Outgoing]], Awaitable[object]]


async def rightly(apns: FakeAPNs, outgoing: Sequence[Outgoing]) -> None:
    await send(apns.connect, outgoing, settle=10, confirm=True, tries=20)


async def now_or_never(apns: FakeAPNs, outgoing: Sequence[Outgoing]) -> None:
    """As a library whose default is an expiration of 0."""
    await rightly(apns, [msgspec.structs.replace(each, expiration=0) for each in outgoing])


async def without_zero(apns: FakeAPNs, outgoing: Sequence[Outgoing]) -> None:
    """As one that asks whether there is a badge at all."""
    told = [
        msgspec.structs.replace(each, payload=without_a_badge_of_0(each.payload))
        for each in outgoing
    ]
    await rightly(apns, told)


async def for_ever(apns: FakeAPNs, outgoing: Sequence[Outgoing]) -> None:
    """As one that says nothing of it."""
    await rightly(apns, [msgspec.structs.replace(each, expiration=None) for each in outgoing])


async def believes_any_time(apns: FakeAPNs, outgoing: Sequence[Outgoing]) -> None:
    """Reads feedback first, and strikes off all whom it lists."""
    listed = await read_feedback(partial(apns.connect, service="feedback"), 5)
    gone = {each.token for each in listed}
    # Somebody is always there, or nothing would show it.
    await rightly(
        apns, [each for each in outgoing if each.token not in gone or each.token[0] == 0x3D]
    )


def play(name: str, sender: Sender) -> tuple[Audit, FakeAPNs]:
    """What an audit says of a sender in a story."""

    async def main() -> tuple[Audit, FakeAPNs]:
        async with FakeAPNs(scenario=name) as apns:
            work = work_of(apns)
            await sender(apns, [*map(as_outgoing, work)])
            return apns.audit(work), apns

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def test_ten_pushes_to_a_phone_that_is_off_leave_the_newest() -> None:
    audit, apns = play("phone-that-was-off", rightly)
    assert audit.ok
    [fault] = apns.ledger.of(FaultFired)
    assert fault.detail == "go-online, device 1"
    waited = [each for each in apns.ledger.of(Delivery) if each.fate == "stored"]
    ends = [
        each for each in apns.ledger.of(Delivery) if each.notification == waited[-1].notification
    ]
    assert len(waited) == 10
    assert [each.fate for each in ends] == ["stored", "delivered"]
    assert audit.fates["replaced"] == 9


@pytest.mark.parametrize(
    ("name", "sender", "said"),
    [
        ("phone-that-was-off", now_or_never, "on devices replaced 0, expected 1 or more; on devi"),
        ("offer-that-expired", for_ever, "on devices expired 0, expected 1 or more"),
        ("offer-that-expired", now_or_never, "on devices expired 0, expected 1 or more"),
    ],
)
def test_who_has_an_expiration_of_its_own_is_found(name: str, sender: Sender, said: str) -> None:
    audit, _ = play(name, sender)
    found = {each.kind: each for each in audit.findings}
    assert set(found) >= {"sent_as_listed", "fates"}
    assert said in " ".join(each.text for each in found.values())


def test_who_believes_any_time_of_feedback_is_found() -> None:
    audit, _ = play("removed-and-registered-again", believes_any_time)
    kinds = [each.kind for each in audit.findings]
    assert kinds == ["lost", "live_tokens_kept"]
    assert {each.token[:2] for each in audit.pruned} <= {"1b", "2c", "4e", "5f"}


@pytest.mark.parametrize(
    ("sender", "token", "shown"), [(now_or_never, "1b1b…", 1), (without_zero, "2c2c…", 2)]
)
def test_who_leaves_two_devices_of_one_user_with_different_numbers_is_found(
    sender: Sender, token: str, shown: int
) -> None:
    audit, _ = play("one-badge-on-two-devices", sender)
    [found] = [each for each in audit.findings if each.kind == "stale_badges"]
    assert found.text.startswith(
        f"devices with a badge that is not the newest {audit.stale_badges}"
    )
    told = [each for each in found.explanations if token[:4] in each]
    assert len(told) == 1
    assert f"shows {shown}, and was to show none, as number " in told[0]


def test_a_badge_that_waits_for_its_phone_is_not_held_against_its_sender() -> None:
    """As where fewer are sent, and the phone never comes back."""

    async def fewer(apns: FakeAPNs, outgoing: Sequence[Outgoing]) -> None:
        await rightly(apns, outgoing[:400])

    audit, _ = play("one-badge-on-two-devices", fewer)
    assert [each.kind for each in audit.findings] == ["lost"]
    assert audit.fates["stored"] == 1
