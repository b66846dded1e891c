"""The log of `serve`: one line for each thing, and nobody waits for the terminal."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator

from ..errors import FakeAPNsError
from ..text import ascii_json, printable
from .capture import captured
from .outlet import FAREWELL, Outlet
from .repeats import Repeats
from .sentences import sentence

log = logging.getLogger("fakeapns")


class LogWriter(logging.Handler):
    """Writes lines to stderr, as text or as JSON. `left_out` counts those that had no room."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json
        self._outlet = Outlet(sys.stderr)
        self._repeats = Repeats()

    @property
    def left_out(self) -> int:
        """Lines that had no room, since nobody has read those before."""
        return self._outlet.left_out

    def line(self, text: str) -> None:
        """Log a line that is text, or JSON, as the log has it."""
        self._outlet.put(f"{ascii_json(text.rstrip()) if self._as_json else printable(text)}\n")

    def emit(self, record: logging.LogRecord) -> None:
        """Log a message; one that comes all the time now and then, with how often it came."""
        try:
            text = " ".join(record.getMessage().split("\n")).strip()
            if record.exc_info is not None and record.exc_info[1] is not None:
                text = f"{text}: {_in_short(record.exc_info[1])}"
        except Exception as wrong:
            # It has no place for its arguments, say. That is nothing to stumble over.
            text = f"a message of {record.name} makes no sense: {_in_short(wrong)}"
        times = self._repeats.count(text, record.created)
        if times:
            self._message(record.levelname, text, times)

    def last_words(self, failure: Exception) -> None:
        """Say what ended the program: a sentence, or for a mistake of ours all that is known."""
        if isinstance(failure, FakeAPNsError):
            text = sentence(failure)
        else:
            text = "".join(traceback.format_exception(failure)).rstrip()
        if self._as_json:
            self._message("ERROR", text)
        else:
            self._outlet.put("".join(f"{printable(line)}\n" for line in text.split("\n")))

    def _message(self, level: str, text: str, times: int = 1, so_far: str = "so far") -> None:
        if self._as_json:
            line = {"level": level.lower(), "message": text}
            self.line(json.dumps(line if times == 1 else {**line, "count": times}))
        else:
            self.line(text if times == 1 else f"{text} ({times} times {so_far})")

    def close(self) -> None:
        """Write what is left, as far as somebody reads it soon."""
        for text, times in self._repeats.untold():
            self._message("WARNING", text, times, "in all")
        self._outlet.close(FAREWELL, self._left_out_in_words())
        super().close()

    def _left_out_in_words(self) -> str:
        if not self.left_out:
            return ""
        text = f"{self.left_out} lines were left out: nobody read them fast enough"
        line = json.dumps({"level": "warning", "message": text}) if self._as_json else text
        return f"{line}\n"


def _in_short(failure: BaseException) -> str:
    """An exception on one line, and where it was raised."""
    text = " ".join("".join(traceback.format_exception_only(failure)).split())
    frames = traceback.extract_tb(failure.__traceback__)
    if not frames:
        return text
    return f"{text} ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})"


@contextlib.contextmanager
def logging_to_stderr(*, as_json: bool) -> Iterator[LogWriter]:
    """Send all that goes to stderr meanwhile through one thread: our log, what libraries have to
    say, and why it ended. Raises `SystemExit` for the failures that are told.
    """
    writer = LogWriter(as_json=as_json)
    log.setLevel(logging.WARNING)
    try:
        with captured(writer):
            yield writer
    except Exception as failure:
        writer.last_words(failure)
        sys.exit(getattr(failure, "exit_code", 1))
    finally:
        writer.close()
