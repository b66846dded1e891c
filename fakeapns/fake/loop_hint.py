"""What to tell somebody whose own loop had to wait for what was to be sent from it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from .wakeups import running_loop


class LoopHint:
    """Where a blocking call fails in a caller's loop since something lacks, that may be why.

    A class, since of `contextlib.contextmanager` pytest would show a frame.
    """

    def __init__(self, call: str, lacks: Callable[[], bool] = lambda: True) -> None:
        self._call = call
        self._lacks = lacks

    def __enter__(self) -> None:
        """Nothing is to be done yet."""

    def __exit__(
        self, _: type[BaseException] | None, failure: BaseException | None, __: TracebackType | None
    ) -> None:
        """Raises the failure anew, with the hint."""
        __tracebackhide__ = True
        loop = running_loop()
        if loop is None or not isinstance(failure, AssertionError) or not self._lacks():
            return
        raise AssertionError(
            f"{failure}\nIf more was to be sent from the {loop} loop that this was called in, it "
            f"had to wait: await {self._call}_async(…) instead."
        ) from None
