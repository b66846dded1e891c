"""`reject` as a provider sees it in virtual time: what is said, to whom, when and how."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from fakeapns import AfterNotifications, Drop, Garbage, Reject
from fakeapns.ledger.entries import ConnectionClosed, FaultFired, Response
from fakeapns.protocol import encode_error

from ..frames import TOPIC, framed, simple
from .played import ALERT, DATA, HOUR, burst, fired, playing, recorded, records, silence, step
from .streams import read_to_end


async def test_an_error_comes_late_and_swallows_what_came_meanwhile(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(Reject("processing-error", delay="1h"), notification=2)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(11, 12, 13))
        begin = trio.current_time()
        assert await provider.receive_some() == encode_error(1, 12)
        assert trio.current_time() == begin + HOUR
        assert [each.outcome for each in apns.notifications] == [
            "accepted",
            "rejected",
            "discarded",
        ]
        assert fired(apns) == [(1, "reject", "processing-error")]
        assert apns.ledger.of(Response)[0].delayed_by == "time"


async def test_an_error_that_counts_leaves_when_the_last_one_has_come(
    autojump_clock: MockClock,
) -> None:
    late = Reject("invalid-token", delay=AfterNotifications(2))
    async with playing(step(late, notification=1)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(1, 2))
        assert await silence(provider, 1.9)
        begin = trio.current_time()
        await provider.send_all(burst(3))
        assert await provider.receive_some() == encode_error(8, 1)
        assert trio.current_time() == begin
        assert apns.ledger.of(Response)[0].delayed_by == "notifications"


@pytest.mark.parametrize(
    ("identifier", "named"), [("own", 12), ("zero", 0), ("last-accepted", 11), (4_000_000_000,) * 2]
)
async def test_the_packet_names_whom_it_is_told_to(
    autojump_clock: MockClock, identifier: str | int, named: int
) -> None:
    fault = Reject("unknown", identifier=identifier)  # type: ignore[arg-type]
    async with playing(step(fault, notification=2)) as apns:
        provider = await apns.connect()
        await provider.send_all(burst(11, 12))
        assert await read_to_end(provider) == encode_error(255, named)


async def test_a_split_packet_comes_in_two_pieces(autojump_clock: MockClock) -> None:
    async with playing(step(Reject(split=True))) as apns:
        provider = await apns.connect()
        await provider.send_all(framed(7))
        pieces = [await provider.receive_some(), await provider.receive_some()]
        assert b"".join(pieces) == encode_error(8, 7)
        assert all(pieces)


@pytest.mark.parametrize("fault", [Reject, Drop, Garbage])
@pytest.mark.parametrize(
    ("close", "goodbye"),
    [("graceful", [ALERT]), ("no-close-notify", []), ("half", [ALERT]), ("reset", [])],
)
async def test_a_connection_is_closed_as_asked(
    autojump_clock: MockClock, fault: type[Reject | Drop | Garbage], close: str, goodbye: list[int]
) -> None:
    bytes_ = {"bytes_": "08"} if fault is Garbage else {}
    async with playing(step(fault(close=close, **bytes_))) as apns:  # type: ignore[arg-type]
        provider = await apns.connect()
        await provider.send_all(framed())
        said = [] if fault is Drop else [DATA]
        assert await records(provider) == said + goodbye
        await provider.transport_stream.aclose()
        [closed] = await recorded(apns, ConnectionClosed)
        assert (closed.by, closed.how) == ("server", close)
        assert closed.reason == ("error" if fault is Reject else "fault")


@pytest.mark.parametrize("fault", [Reject(close="reset"), Garbage("08 08 id", close="reset")])
async def test_a_reset_leaves_the_packet_no_time(
    autojump_clock: MockClock, fault: Reject | Garbage
) -> None:
    async with playing(step(fault)) as apns:
        provider = await apns.connect()
        begin = trio.current_time()
        await provider.send_all(framed(7))
        await recorded(apns, ConnectionClosed)
        assert trio.current_time() == begin


async def test_a_half_closed_connection_reads_on_for_good(autojump_clock: MockClock) -> None:
    async with playing(step(Drop("half"))) as apns:
        provider = await apns.connect()
        await provider.send_all(framed(1))
        assert await read_to_end(provider) == b""
        await trio.sleep(HOUR)
        await provider.send_all(framed(2))
        [late] = await apns.wait_for(outcome="discarded")
        assert (late.identifier, late.behind, late.cause) == (
            2,
            1,
            apns.ledger.of(FaultFired)[0].seq,
        )
        assert apns.ledger.of(ConnectionClosed) == []


async def test_a_connection_that_is_kept_says_its_error_and_never_ends(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(Reject(close="keep"))) as apns:
        provider = await apns.connect()
        await provider.send_all(framed(1))
        assert await provider.receive_some() == encode_error(8, 1)
        assert await silence(provider)
        await provider.send_all(framed(2))
        await apns.wait_for(outcome="discarded")
        await provider.transport_stream.aclose()
        [closed] = await recorded(apns, ConnectionClosed)
        assert (closed.by, closed.reason) == ("provider", "ended")


async def test_a_withheld_error_greets_the_next_connection_of_its_topic(
    autojump_clock: MockClock,
) -> None:
    other = "com.example.other"
    withheld = Reject("invalid-token", answer_on="next-connection")
    async with playing(step(withheld, notification=2), topics=[TOPIC, other]) as apns:
        first = await apns.connect()
        await first.send_all(burst(1, 2, 3))
        assert await silence(first)
        assert [each.outcome for each in apns.notifications] == [
            "accepted",
            "rejected",
            "accepted",
        ]
        assert await silence(await apns.connect(other))
        greeted = await apns.connect()
        await greeted.send_all(framed(4))
        assert await read_to_end(greeted) == encode_error(8, 2)
        [lost] = apns.discarded
        assert (lost.identifier, lost.behind, lost.cause) == (4, 0, apns.rejected[0].seq)
        assert await silence(await apns.connect())


async def test_a_withheld_error_for_a_command_0_closes_the_next_connection_without_a_word(
    autojump_clock: MockClock,
) -> None:
    withheld = Reject("invalid-token", answer_on="next-connection")
    async with playing(step(withheld, times=1)) as apns:
        first = await apns.connect()
        await first.send_all(simple() + simple())
        assert await silence(first)
        greeted = await apns.connect()
        begin = trio.current_time()
        await greeted.send_all(framed(4))
        assert await read_to_end(greeted) == b""
        assert trio.current_time() == begin
        [lost] = apns.discarded
        assert (lost.identifier, lost.behind, lost.cause) == (4, 0, apns.rejected[0].seq)
        assert apns.ledger.of(Response) == []
        await greeted.transport_stream.aclose()
        [closed] = await recorded(apns, ConnectionClosed)
        assert (closed.by, closed.reason) == ("server", "silent-error")
        assert await silence(await apns.connect())


@pytest.mark.parametrize(
    ("written", "named"), [(burst(11, 12), 11), (burst(12), 0), (simple() + burst(12), 0)]
)
async def test_a_rejection_with_the_status_of_a_shutdown_names_the_last_accepted_one(
    autojump_clock: MockClock, written: bytes, named: int
) -> None:
    async with playing(step(Reject("shutdown"), identifier=12)) as apns:
        provider = await apns.connect()
        await provider.send_all(written)
        assert await read_to_end(provider) == encode_error(10, named)
        assert [each.identifier for each in apns.rejected] == [12]


async def test_a_withheld_shutdown_names_the_last_accepted_one_of_its_own_connection(
    autojump_clock: MockClock,
) -> None:
    withheld = Reject("shutdown", answer_on="next-connection")
    async with playing(step(withheld, identifier=12)) as apns:
        first = await apns.connect()
        await first.send_all(burst(11, 12, 13))
        await apns.wait_for(3, outcome=None)
        assert await read_to_end(await apns.connect()) == encode_error(10, 11)


async def test_command_0_is_rejected_without_a_word(autojump_clock: MockClock) -> None:
    async with playing(step(Reject())) as apns:
        provider = await apns.connect()
        await provider.send_all(simple())
        assert await read_to_end(provider) == b""
        assert [each.status for each in apns.rejected] == ["invalid-token"]
        assert apns.ledger.of(Response) == []


async def test_the_first_step_that_may_act_wins(autojump_clock: MockClock) -> None:
    steps = [step(Reject(1), times=2), step(Reject(9), notification="1.."), step(Reject(7))]
    async with playing(*steps) as apns:
        codes = []
        for _ in range(4):
            provider = await apns.connect()
            await provider.send_all(framed())
            codes.append((await read_to_end(provider))[1])
        assert codes == [1, 1, 9, 9]
        assert [each[0] for each in fired(apns)] == [1, 1, 2, 2]
