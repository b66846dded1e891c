"""Output by a thread of its own: all of it to whoever reads, and nobody held up by who does not."""

from __future__ import annotations

import io
import os
import threading
from types import SimpleNamespace

import pytest

from fakeapns.cli import outlet as outlet_module
from fakeapns.cli.outlet import Outlet, Through, last_words
from tests.pipes import full_pipe
from tests.processes import PATIENCE


def test_a_pipe_that_does_not_block_gets_all_of_it() -> None:
    reading, writing = os.pipe()
    # As Node hands them to its children.
    os.set_blocking(writing, False)
    texts = [f"{number:06}\n" for number in range(5_000)] + ["é😀\udcff" * 50_000]
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        outlet = Outlet(stream)
        for text in texts:
            outlet.put(text)
        closing = threading.Thread(target=outlet.close, args=(PATIENCE, "the end"))
        closing.start()
        read = b""
        while not read.endswith(b"the end"):
            read += os.read(reading, 1 << 16)
        closing.join()
    os.close(reading)
    assert read.decode() == "".join(texts).replace("\udcff", "\\udcff") + "the end"
    assert outlet.left_out == 0


def test_last_words_are_not_waited_for() -> None:
    with full_pipe() as writing, os.fdopen(os.dup(writing), "w") as stream:
        last_words("nobody will know", stream)


def test_what_cannot_be_written_is_told_once_and_what_can_be_later_is() -> None:
    class Full(io.StringIO):
        """Takes nothing at first."""

        full = True

        def write(self, text: str) -> int:
            if self.full:
                raise OSError(28, "No space left on device")
            return super().write(text)

    stream, told = Full(), list[OSError]()
    failed = threading.Event()

    def fail(wrong: OSError) -> None:
        told.append(wrong)
        failed.set()

    outlet = Outlet(stream, fail)
    outlet.put("lost\n")
    assert failed.wait(PATIENCE)
    stream.full = False
    outlet.close(PATIENCE, "kept\n")
    assert (stream.getvalue(), len(told)) == ("kept\n", 1)


def test_where_there_is_no_stream_nothing_is_written() -> None:
    outlet = Outlet(None)
    stream = Through(outlet)
    assert not stream.isatty()
    assert stream.write("nowhere") == 7
    outlet.close(PATIENCE)
    assert outlet.left_out == 0


@pytest.mark.parametrize(("stuck", "waits"), [(0.0, 0.3), (0.1, 0.2), (0.3, 0.0), (60.0, 0.0)])
def test_who_has_not_read_for_some_time_gets_that_much_less_of_a_farewell(
    stuck: float, waits: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    writing = threading.Event()
    now = [1000.0]

    class Stuck(io.StringIO):
        def write(self, text: str) -> int:
            writing.set()
            done.wait()
            return len(text)

    done = threading.Event()
    monkeypatch.setattr(outlet_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    outlet = Outlet(Stuck())
    outlet.put("x")
    assert writing.wait(PATIENCE)
    now[0] += stuck
    monkeypatch.setattr(threading.Thread, "join", lambda _, seconds: waited.append(seconds))
    outlet.close()
    done.set()
    assert waited == [pytest.approx(waits)]
