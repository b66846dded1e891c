"""A token that Apple knows: for which app it is, and until when it was good."""

from __future__ import annotations

from typing import Literal

from ..token import short_token

#: Why a token is good no more, whose app is there.
REPLACED = "the token was replaced by another one"

State = Literal["active", "uninstalled"]
Environment = Literal["production", "sandbox"]


class Registration:
    """A token under a topic. Of an installation the latest is good, and those before are gone.

    `since` is when it was given up, in epoch seconds: with the app, or for another token; None
    while it is good. `is_replaced` says that the app was there then. `made` is when the device got
    it, and `number` is that of the device. `registered` is when the app last said its token to its
    provider; None where nobody has said so. `environment` is None for that of the server, and
    `reading` is which reading of a file has named it last; None for one that was added otherwise.
    """

    # There may be a million of them, of which hardly one is ever looked into: what a device is
    # beside this is made when somebody asks for it.
    __slots__ = (
        "environment",
        "is_replaced",
        "made",
        "number",
        "reading",
        "registered",
        "since",
        "token_bytes",
        "topic",
    )

    def __init__(
        self,
        topic: str,
        token: bytes,
        environment: Environment | None,
        number: int,
        made: float,
    ) -> None:
        self.topic = topic
        self.token_bytes = token
        self.environment = environment
        self.number = number
        self.made = made
        self.since: float | None = None
        self.is_replaced = False
        self.registered: float | None = None
        self.reading: int | None = None

    @property
    def token(self) -> str:
        """The device token in lower-case hex."""
        return self.token_bytes.hex()

    @property
    def state(self) -> State:
        """`active`, or `uninstalled` once it is good no more."""
        return "active" if self.since is None else "uninstalled"

    @property
    def is_expired(self) -> bool:
        """Whether it is good no more since its time was over, and for no other reason."""
        return False

    @property
    def why_gone(self) -> str:
        """Why it is good no more, in words."""
        return REPLACED if self.is_replaced else "the app was removed from the device"

    def __repr__(self) -> str:
        return f"<Registration {short_token(self.token)} {self.topic} {self.state}>"
