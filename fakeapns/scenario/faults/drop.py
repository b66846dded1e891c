"""A connection that ends without a word."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import ClassVar

from ..problems import Problem
from .at import Exchange
from .base import Fault
from .stages import Service, Stage
from .values import Bytes, CloseKind, bytes_in


class Drop(Fault, frozen=True, tag="drop"):
    """Close the connection right behind the notification, without a word.

    At the gateway `after_bytes` has it act before the frame is complete: as soon as that many bytes
    of it have arrived. The partial frame stays unread. On the provider API the notification
    was accepted and its answer does not leave, but for the first `after_answer_bytes`.
    """

    # An idle connection ended with a clean EOF, two hours behind the last push
    # (uniqush-push #47, #68; ApnsPHP #11), over HTTP/2 after half an hour to an hour (node-apn
    # #449, #454). A reset swallows what had arrived, the error with it
    # (pushy #6). Command 0 gets no more than this on any error (Legacy Notification Format).
    stages: ClassVar[tuple[Stage, ...]] = ("notification", "open", "frame")
    services: ClassVar[tuple[Service, ...]] = ("gateway", "api")
    close: CloseKind = "graceful"
    after_bytes: Bytes | None = None
    after_answer_bytes: Bytes | None = None

    def problems(self) -> Iterator[Problem]:
        """Both at once, of which each is for another service."""
        if self.after_bytes is not None and self.after_answer_bytes is not None:
            what = "after_answer_bytes is for the api, and after_bytes for the gateway"
            yield Problem(("after_answer_bytes",), what, named=True)

    def cannot(self, service: Service) -> str | None:
        """Why it cannot act on a service: frames are the gateway's, answers the provider API's."""
        if service == "api" and self.after_bytes is not None:
            return "after_bytes counts bytes of a frame, which the api has not"
        if service == "gateway" and self.after_answer_bytes is not None:
            return "after_answer_bytes counts bytes of an answer, and the gateway gives none"
        return super().cannot(service)

    def stage(self, given: Set[str]) -> Stage:
        """Inside a frame where its bytes are counted, and where those of an answer are, at the
        notification that it is for.
        """
        if self.after_bytes is not None:
            return "frame"
        return super().stage(given) if self.after_answer_bytes is None else "notification"

    @property
    def cut(self) -> int:
        """`after_bytes` as a number."""
        return bytes_in(self.after_bytes or 0)

    def act(self, at: Exchange) -> None:
        """End the connection, for which any conversation will do where no answer is cut."""
        if self.after_answer_bytes is None:
            at.end(self.close, close=self.close)
        else:
            at.cut_answer(bytes_in(self.after_answer_bytes), self.close)
