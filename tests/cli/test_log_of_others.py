"""What others have to say while `serve` runs, and how often: each a line, as text or as JSON."""

from __future__ import annotations

import gc
import io
import json
import logging
import sys
import threading
import warnings
from pathlib import Path

import click
import pytest

from fakeapns.cli.log import logging_to_stderr
from fakeapns.cli.repeats import Repeats
from fakeapns.errors import StartError
from fakeapns.ledger.entries import ConnectionRefused
from fakeapns.ledger.json_lines import encode_line
from fakeapns.ledger.words import describe
from tests.frames import enhanced
from tests.processes import serving

TRIO = logging.getLogger("trio.serve_listeners")
#: Red, a C1 control character, a bidi override, a letter, one beyond 16 bits, and "delete".
ODD = "\x1b[31m\x9b\u202eé😀\x7f"


def fail() -> None:
    raise OSError(24, "Too many open files")


def complain(count: int) -> None:
    """What trio says when no descriptor is left, as trio says it."""
    for _ in range(count):
        try:
            fail()
        except OSError:
            TRIO.error("accept returned %s; retrying", "EMFILE", exc_info=True)


class Broken:
    """Fails where nobody can catch it."""

    def __del__(self) -> None:
        fail()


def spoken(*, as_json: bool = False) -> list[str]:
    """The lines that come of all ways to write something."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", stderr := io.StringIO())
        with logging_to_stderr(as_json=as_json), warnings.catch_warnings():
            warnings.simplefilter("always")
            complain(1)
            warnings.warn("an odd certificate", stacklevel=1)
            click.echo("from click", err=True)
            sys.stderr.write("in ")
            sys.stderr.write("pieces\n")
            thread = threading.Thread(target=fail, name="a helper")
            thread.start()
            thread.join()
            Broken()
            gc.collect()
            TRIO.warning(ODD)
        assert sys.stderr is stderr
    return stderr.getvalue().splitlines()


def test_every_writer_s_words_are_lines_of_the_log() -> None:
    told = spoken()
    failed = "[Errno 24] Too many open files (test_log_of_others.py:"
    assert told[0].startswith(f"accept returned EMFILE; retrying: OSError: {failed}")
    assert "UserWarning: an odd certificate" in told[1]
    assert told[2:4] == ["from click", "in pieces"]
    assert told[4].startswith(f"a helper has failed: OSError: {failed}")
    assert told[5].startswith("Exception ignored in")
    assert failed in told[5]
    assert told[-1] == "\\x1b[31m\\x9b\\u202eé😀\\x7f"
    assert all(line.isprintable() for line in told)


def test_threads_that_write_at_once_have_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stderr := io.StringIO())
    with logging_to_stderr(as_json=False):
        sys.stderr.write("one ")
        thread = threading.Thread(target=lambda: sys.stderr.write("another\nand more"))
        thread.start()
        thread.join()
        sys.stderr.write("alone\n")
    # What never came to its end is told in the end.
    assert stderr.getvalue().splitlines() == ["another", "one alone", "and more"]


def test_as_json_they_are_objects_of_ascii() -> None:
    told = spoken(as_json=True)
    assert all(line.isascii() and line.isprintable() for line in told)
    found = [json.loads(line) for line in told]
    assert {tuple(each) for each in found} == {("level", "message")}
    assert found[-1] == {"level": "warning", "message": ODD}


@pytest.mark.parametrize("as_json", [False, True])
def test_entries_show_nothing_odd_that_came_from_outside(
    as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stderr := io.StringIO())
    entry = ConnectionRefused(
        seq=2, t=0.5, wall=0.0, connection=1, service="gateway", peer="::1", reason=ODD, hint="x"
    )
    with logging_to_stderr(as_json=as_json) as writer:
        writer.line(encode_line(entry).decode() if as_json else describe(entry))
        writer.line(f'{{"a":\t"{ODD[2:4]}\u202e"}}')
    lines = stderr.getvalue().splitlines()
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
    if as_json:
        assert all(line.isascii() for line in lines)
        assert json.loads(lines[0])["reason"] == ODD
        assert json.loads(lines[1]) == {"a": f"{ODD[2:4]}\u202e"}


def test_a_payload_of_any_letters_is_ascii_in_the_json_log(tmp_path: Path) -> None:
    payload = '{"aps":{"alert":"\u202eé😀\x7f"},\t"a":1}'.encode()
    with serving(tmp_path, "--log-format", "json") as server:
        with server.dial() as connection:
            connection.sendall(enhanced(7, payload=payload))
        assert server.end() == 0
        lines = server.log.splitlines()
    assert all(line.isascii() and line.isprintable() for line in lines)
    [told] = [each for each in map(json.loads, lines) if each["kind"] == "notification"]
    assert told["payload"] == json.loads(payload)


def test_what_comes_again_and_again_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stderr := io.StringIO())
    with logging_to_stderr(as_json=False):
        complain(1234)
    told = stderr.getvalue().splitlines()
    assert [line.partition(") (")[2] for line in told] == [
        "",
        "10 times so far)",
        "100 times so far)",
        "1000 times so far)",
        "1234 times in all)",
    ]


def test_a_message_that_makes_no_sense_is_a_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stderr := io.StringIO())
    record = logging.LogRecord("trio", logging.ERROR, "x.py", 1, "%d of %d", ("one",), None)
    with logging_to_stderr(as_json=False) as writer:
        writer.emit(record)
    assert stderr.getvalue().startswith("a message of trio makes no sense: TypeError: ")


def test_a_message_that_comes_for_long_is_told_each_minute() -> None:
    repeats = Repeats()
    assert [repeats.count("a", now) for now in (0, 1, 61, 62, 120, 121)] == [1, 0, 3, 0, 0, 6]
    assert repeats.count("b", 121) == 1
    assert repeats.untold() == []
    assert repeats.count("b", 122) == 0
    assert repeats.untold() == [("b", 2)]


def test_messages_that_are_all_different_do_not_fill_the_memory() -> None:
    repeats = Repeats()
    for number in range(10_000):
        assert repeats.count(str(number), 0) == 1
        repeats.count(str(number), 0)
    assert len(repeats.untold()) <= 1000


@pytest.mark.parametrize("as_json", [False, True])
def test_what_ends_it_is_the_last_word(as_json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stderr := io.StringIO())
    with pytest.raises(SystemExit) as ended, logging_to_stderr(as_json=as_json):
        raise StartError("no room: make some")
    assert ended.value.code == 1
    [line] = stderr.getvalue().splitlines()
    if as_json:
        assert json.loads(line) == {"level": "error", "message": "Error: no room: make some"}
    else:
        assert line == "Error: no room: make some"


def test_a_mistake_of_ours_is_told_with_all_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stderr := io.StringIO())
    with pytest.raises(SystemExit) as ended, logging_to_stderr(as_json=False):
        fail()
    assert ended.value.code == 1
    lines = stderr.getvalue().splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "OSError: [Errno 24] Too many open files"
