"""A file of devices that is read again whenever SIGHUP asks for it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from functools import partial

import trio

from ..errors import UsageError
from ..fake import DeviceFile
from .log import log
from .stopping import Stop

#: As daemons have it; Windows has no such signal, and there the file is read at the start alone.
_SIGNAL = getattr(signal, "SIGHUP", None)


class Rereading:
    """Reads it at once, and again from within the server's loop. From now on `stop` leaves SIGHUP
    alone. Raises `UsageError` where the file is no good at the start.
    """

    def __init__(self, file: DeviceFile, stop: Stop) -> None:
        self._file = file
        self._asked = False
        self._wake: Callable[[], object] | None = None
        if _SIGNAL is not None:
            stop.divert(_SIGNAL, self._ask)
        file.read()

    async def keep_up(self) -> None:
        """Read it whenever that is asked for. Until cancelled."""
        token = trio.lowlevel.current_trio_token()
        while True:
            asked = trio.Event()
            self._wake = partial(token.run_sync_soon, asked.set)
            if not self._asked:
                await asked.wait()
            self._asked = False
            await self._read_again()

    def _ask(self) -> None:
        # A signal: it comes in anywhere, also before the loop runs and behind its end.
        self._asked = True
        if self._wake is not None:
            with contextlib.suppress(trio.RunFinishedError):
                self._wake()

    async def _read_again(self) -> None:
        try:
            found = await self._file.read_again()
        except UsageError as wrong:
            log.warning("%s; all devices stay as they were", wrong)
            return
        log.info(
            "%s was read again: of its devices %d new, %d gone, %d changed",
            *(self._file.path, found.added, found.removed, found.changed),
        )
