"""What a service is to the loop that drives it: a front that opens connections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from ..ledger import By, How, Moment, Reason
from ..scenario import TLSTerms
from ..scenario.faults import Service
from .actions import Action

#: How a connection ended on the provider's side: with a close_notify; with FIN alone; with a
#: RST; in another way; or it is there and does not read what it is sent.
Left = Literal["graceful", "no-close-notify", "reset", "lost", "unread"]


def left_by(how: Left) -> tuple[By, How, Reason]:
    """Who ended a connection that a provider left like this, how and why, as goes on record."""
    # What is not read ends it from our side, after a while.
    return ("server", "no-close-notify", "limit") if how == "unread" else ("provider", how, "ended")


class Provider(msgspec.Struct, frozen=True):
    """Who is at the other end. `topics` has the main one first; it may be empty. `fooled_by` is
    the `seq` of the fault that it fell for, a certificate that it should not have trusted.
    `subject` is its certificate's, as RFC 4514 writes names; None without a certificate. `scope`
    are the environments that this is for, None if it does not tell. `alpn` is what TLS has agreed
    upon, if anything, and `address` where it comes from, without a port: all that is in memory is
    from one, "memory".
    `secure` is whether there is TLS at all, and `host` the name that it has asked for: the proxy,
    or else by SNI; None where neither.
    """

    topics: tuple[str, ...]
    subject: str | None
    fooled_by: int | None = None
    scope: Literal["production", "sandbox", "both"] | None = None
    alpn: str | None = None
    address: str = "memory"
    secure: bool = True
    host: str | None = None

    def is_for(self, environment: Literal["production", "sandbox"]) -> bool:
        """Whether its certificate, if it has one, is good there."""
        return self.scope in (None, "both", environment)


class Pending(msgspec.Struct, frozen=True):
    """What has come and is not dealt with, in words: `held` says what keeps the connection from
    reading, such as "stall for 10s", and `waits` what has come that it has not read to an end.
    """

    held: str | None = None
    waits: str | None = None


class Connection(Protocol):
    """One connection of a service. It owns its bytes, and says what to do in `actions`.

    As long as a connection is `busy` the loop wakes it, and others have their turn between. Then it
    asks for actions, does them, and asks again until there are none: being asked again means that
    the last ones were done. It reads at most `appetite` bytes, and calls `wake` once `deadline` has
    come: at once, before anything is read, if that has passed. A connection is `finished` when the
    last of its actions closes the socket. Once the provider is gone (`ended` with reset, lost or
    unread) there is nothing to hand out but a close. `over` is called once, behind all else.
    """

    @property
    def deadline(self) -> float:
        """When `wake` is due, on the clock of `Moment.t`; infinite if nothing is."""

    @property
    def appetite(self) -> int | None:
        """How many bytes may be read now: None is without limit, 0 means none before the
        deadline.
        """

    @property
    def busy(self) -> bool:
        """Whether something that has come is not dealt with only since that would keep others
        waiting: a call does no more than takes about half a millisecond.
        """

    @property
    def pending(self) -> Pending:
        """What is not dealt with, for whoever wants to know whether all is."""

    @property
    def finished(self) -> bool:
        """Whether the actions that are there, or were last, are its last: nothing is ever due."""

    def receive(self, data: bytes, now: Moment) -> None:
        """The provider has sent this. Dealing with it may be left for later: see `busy`."""

    def kept_waiting(self, now: Moment) -> None:
        """Something has come while the appetite is 0: told once, until something is read again."""

    def told(self, said: str) -> None:
        """TLS has something to tell of the provider, in words: for the record of the end."""

    def ended(self, how: Left, now: Moment) -> None:
        """The provider has closed its side, or is gone."""

    def wake(self, now: Moment) -> None:
        """The deadline has come, or others have had their turn while it was busy."""

    def stop(self, now: Moment) -> None:
        """The server itself is stopping: no delay is waited for."""

    def over(self, now: Moment) -> None:
        """Nothing more will be done: the last actions were, or the loop itself has failed."""

    def actions(self) -> list[Action]:
        """What is to be done now, in order. Each action is handed out once."""


class Front(msgspec.Struct, frozen=True):
    """One service at one port: the port that it wants (0 for any), how it speaks TLS, if at all,
    and how a connection is opened.

    `open` is called with the connection's number, who is at the other end, and the moment.
    """

    service: Service
    port: int
    tls: TLSTerms | None
    open: Callable[[int, Provider, Moment], Connection]

    @property
    def name(self) -> str:
        """What its port is called: a service may be there twice, with TLS and without."""
        return self.service if self.tls is not None else f"plain_{self.service}"

    @property
    def services(self) -> tuple[Service, ...]:
        """Those that somebody who comes here may be led to."""
        return (self.service,)
