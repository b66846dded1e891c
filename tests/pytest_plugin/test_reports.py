"""What stands under a test that failed, read as a person would."""

from __future__ import annotations

import re

import pytest

from fakeapns import FakeAPNs
from fakeapns.ledger.entries import ConnectionRefused, FaultFired
from fakeapns.ledger.ledger import Ledger
from fakeapns.pytest_plugin import reports
from fakeapns.pytest_plugin import timelines as traces
from fakeapns.pytest_plugin.ledger_text import record

from ..moments import at
from .reporting import section

BURST = """
    import pytest
    from fakeapns import AfterNotifications, Reject
    from fakeapns.protocol import encode_framed
    from sending import connect

    def frames(first, last):
        payload = b'{"aps":{"alert":"Hello"}}'
        return b"".join(
            encode_framed(number.to_bytes(32, "big"), payload, identifier=number)
            for number in range(first, last)
        )
"""


def test_a_short_story_is_told_whole(project: pytest.Pytester) -> None:
    lines = section(
        project,
        """
        from sending import send

        def test_wrong(apns):
            for number in range(3):
                send(apns, bytes([number]) * 32)
            assert False, "on purpose"
        """,
    )
    assert lines[0] == "3 accepted on 3 connections"
    assert "server.started" in lines[1]
    assert sum("accepted token" in line for line in lines) == 3
    assert sum("connection.closed" in line for line in lines) >= 2


def test_it_begins_with_what_was_played_and_how_to_play_it_again(
    project: pytest.Pytester,
) -> None:
    lines = section(
        project,
        """
        from sending import send

        def test_wrong(apns):
            send(apns)
            assert False
        """,
        "--apns-scenario=drop-by-reset",
        "--apns-seed=7",
    )
    assert lines[:4] == [
        "1 accepted on 1 connection",
        "never fired: drop on notification 100",
        "scenario drop-by-reset, seed 7",
        "again: pytest test_it_begins_with_what_was_played_and_how_to_play_it_again.py::test_wrong "
        "--apns-scenario drop-by-reset --apns-seed 7",
    ]


def test_ten_thousand_fit_a_terminal_and_what_went_wrong_is_there(
    project: pytest.Pytester,
) -> None:
    lines = section(
        project,
        BURST
        + """
    def test_wrong(apns):
        apns.inject(Reject("invalid-token", delay={"notifications": 40}), identifier=6000)
        with connect(apns) as gateway:
            gateway.sendall(frames(0, 6500))
            assert gateway.recv(6)[1] == 8
        with connect(apns) as gateway:
            gateway.sendall(frames(6001, 10500))
            apns.wait_for(10_499, timeout=30)
        assert False
    """,
    )
    text = "\n".join(lines)
    assert len(lines) < 60
    assert re.match(r"10,499 accepted, 1 rejected, \d+ discarded on 2 connections", lines[0])
    assert lines[1] == "faults that fired: reject"
    assert "rejected invalid-token token …" in text
    assert re.search(r"response .* identifier=6000", text)
    assert re.search(r"… \d+ discarded", text)
    assert re.search(r"… [\d,]+ accepted", text)
    assert re.search(r"connection.closed .* reason=error", text)


def test_what_is_rare_stays_where_all_is_telling(project: pytest.Pytester) -> None:
    lines = section(
        project,
        BURST
        + """
    def test_wrong(apns):
        apns.inject(Reject("processing-error"), identifier=5000)
        with connect(apns) as gateway:
            for number in range(0, 10000, 100):
                # A payload with a mistake is worth a line.
                gateway.sendall(encode_framed(bytes(32), b"[]", identifier=number + 1))
                gateway.sendall(frames(number + 1, number + 100))
            apns.wait_for(5000, timeout=60)
        assert False
    """,
    )
    assert len(lines) < 60
    text = "\n".join(lines)
    assert "server.started" in text
    assert re.search(r"… .*\d+ accepted with warnings", text)


def test_what_is_still_too_much_is_cut_in_its_middle() -> None:
    apns = FakeAPNs()
    for number in range(96):
        apns.ledger.record(
            FaultFired,
            at(0),
            connection=1,
            step=1,
            fault=f"fault-{number % 12}",
            detail=str(number),
        )
    lines = record(apns).splitlines()
    assert len(lines) < 60
    assert any("detail=0" in line for line in lines)
    assert any("detail=95" in line for line in lines)
    [gap] = [line for line in lines if "lines left out: see apns.ledger" in line]
    assert "--apns-trace=on" in gap


def test_refused_handshakes_stay_in_sight(project: pytest.Pytester) -> None:
    lines = section(
        project,
        """
        import socket
        from sending import send

        def test_wrong(apns):
            for number in range(60):
                send(apns, bytes([number]) * 32)
                if number == 30:
                    with socket.create_connection((apns.gateway.host, apns.gateway.port)) as raw:
                        raw.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
                        while raw.recv(100): pass
            assert False
        """,
    )
    assert len(lines) < 60
    assert any("connection.refused" in line and "hint=" in line for line in lines)


def test_the_advice_on_a_refused_handshake_is_there_to_its_end() -> None:
    apns = FakeAPNs()
    hint = f"{'x' * 250}: use another certificate"
    apns.ledger.record(
        ConnectionRefused,
        at(0),
        connection=1,
        service="gateway",
        peer="127.0.0.1:40211",
        reason="tls",
        hint=hint,
    )
    apns.ledger.record(FaultFired, at(0), connection=1, step=1, fault="reject", detail=hint)
    refused, fired = record(apns).splitlines()[-2:]
    assert refused.endswith("use another certificate")
    assert fired.endswith("use another certificate")


def test_a_ledger_may_become_shorter_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    apns = FakeAPNs()
    for number in range(10):
        apns.ledger.record(
            FaultFired, at(0), connection=1, step=1, fault="reject", detail=str(number)
        )
    # As if another thread had dropped entries once their number was known.
    length = Ledger.__len__
    monkeypatch.setattr(Ledger, "__len__", lambda ledger: length(ledger) + 5)
    lines = record(apns).splitlines()
    assert sum("detail=" in line for line in lines) == 10
    assert "… 5 earlier entries" in lines


def test_only_the_last_entries_of_very_many_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakeapns.pytest_plugin.ledger_text.LOOKED_AT", 3)
    apns = FakeAPNs()
    for number in range(10):
        apns.ledger.record(
            FaultFired, at(0), connection=1, step=1, fault="reject", detail=str(number)
        )
    lines = record(apns).splitlines()
    assert "… 7 earlier entries" in lines
    assert [line[-1] for line in lines if "detail=" in line] == ["7", "8", "9"]


@pytest.mark.parametrize(
    ("module", "broken"), [(reports, "record"), (traces, "trace"), (traces, "file_name")]
)
def test_a_mistake_of_ours_is_a_line_and_never_ends_the_run(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, module: object, broken: str
) -> None:
    def out_of_ideas(*_: object) -> None:
        raise RuntimeError("out of\nideas")

    monkeypatch.setattr(module, broken, out_of_ideas)
    project.makepyfile(
        """
        def test_wrong(apns): assert False, "its own failure"
        def test_right(apns): pass
        """
    )
    result = project.runpytest_inprocess("--apns-trace=on")
    result.assert_outcomes(passed=1, failed=1)
    told = str(result.stdout)
    assert "its own failure" in told
    assert r"test_wrong cannot be shown: RuntimeError: out of\nideas" in told
    # Nobody is shown the sections of a test that passes.
    assert (r"test_right cannot be shown: RuntimeError: out of\nideas" in told) == (
        broken != "record"
    )
