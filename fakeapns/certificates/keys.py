"""Keys that providers sign their tokens with: .p8 files, as Apple's developer site has them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, get_args
from weakref import WeakKeyDictionary

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ..errors import UsageError, unknown_name
from ..text import shown
from .apple import Scope
from .authority import Authority
from .jwt import load_p8, sign_token
from .names import check_topic

#: The team of all keys that are not given another one: as in the subjects of our certificates.
TEAM = "FAKEAPNS00"
#: Ids of keys and of teams.
ID = "[A-Z0-9]{10}"
#: Epoch seconds, beyond those of any clock in any unit.
_BEYOND = 10**19
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

Id = Annotated[str, msgspec.Meta(pattern=rf"^{ID}\Z")]
#: Whether Apple takes tokens of a key. Of a foreign one it has never heard.
State = Literal["known", "revoked", "foreign"]


class KeyFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What Apple's site would show of a key. `topics` is None for every topic of the team."""

    key_id: Id
    team_id: Id = TEAM
    topics: tuple[str, ...] | None = None
    environment: Scope = "both"
    state: State = "known"

    @property
    def is_for_all(self) -> bool:
        """Whether it signs whatever its team sends."""
        return (self.topics, self.environment, self.state) == (None, "both", "known")


class ProviderKey:
    """A key, with which a provider makes its tokens.

    Its file is written when it is asked for; `write` does that, and says where. `now` is the clock
    that tokens are issued by, epoch seconds.
    """

    def __init__(
        self,
        facts: KeyFacts,
        pem: bytes,
        write: Callable[[KeyFacts, bytes], str],
        now: Callable[[], float],
    ) -> None:
        self.facts = facts
        self._pem = pem
        self._write = write
        self._now = now

    @property
    def key_id(self) -> str:
        """Its id, ten characters, which a token names as `kid`."""
        return self.facts.key_id

    @property
    def team_id(self) -> str:
        """The id of its team, ten characters, which a token names as `iss`."""
        return self.facts.team_id

    @property
    def topics(self) -> tuple[str, ...] | None:
        """The topics it is for; None for every one of the team."""
        return self.facts.topics

    @property
    def environment(self) -> Scope:
        """The environment it is for: production, sandbox, or both."""
        return self.facts.environment

    @property
    def known(self) -> bool:
        """Whether Apple has ever seen it."""
        return self.facts.state != "foreign"

    @property
    def revoked(self) -> bool:
        """Whether it has been revoked."""
        return self.facts.state == "revoked"

    @property
    def p8(self) -> str:
        """The key as text: PEM, PKCS8, not encrypted."""
        return self._pem.decode()

    @property
    def p8_file(self) -> Path:
        """The same as a file. Raises `StartError` where it cannot be written."""
        return Path(self._write(self.facts, self._pem))

    @cached_property
    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """The key as an object."""
        return load_p8(self._pem)

    def token(self, issued_at: float | None = None) -> str:
        """A token that it has signed, for the header `authorization` behind `bearer `.

        `issued_at` is epoch seconds, by default now on the server's clock. Each is a new one: a
        provider uses one for 20 minutes at least. Raises `UsageError` for what is no such number.
        """
        at = self._now() if issued_at is None else issued_at
        # Of a larger one nobody could read the token: JSON's numbers end somewhere.
        if isinstance(at, bool) or not isinstance(at, int | float) or not abs(at) < _BEYOND:
            raise UsageError(f"{shown(at)} is no time of issue: write epoch seconds")
        return sign_token(self.private_key, self.key_id, self.team_id, at)

    def __repr__(self) -> str:
        return f"<ProviderKey {self.key_id} of {self.team_id}>"


def new_facts(
    topics: Sequence[str] | None = None,
    environment: Scope = "both",
    team: str | None = None,
    known: bool = True,
    revoked: bool = False,
) -> KeyFacts:
    """Those of a new key, whose id is made up. Raises `UsageError` for what cannot be."""
    if isinstance(topics, str):
        raise UsageError(f"topics are a list: write topics=[{topics!r}]")
    if topics is not None and not isinstance(topics, Sequence):
        raise UsageError(f"{shown(topics)} is no list of topics: write topics=['com.example.app']")
    if topics is not None and not topics:
        raise UsageError("topics cannot be empty: give at least one, or none at all for every one")
    for topic in topics or ():
        check_topic(topic)
    if environment not in get_args(Scope):
        raise UsageError(unknown_name("environment", environment, get_args(Scope)))
    if team is not None and not (isinstance(team, str) and re.fullmatch(ID, team)):
        raise UsageError(f"{shown(team)} is no team: write ten characters, A to Z and 0 to 9")
    if revoked and not known:
        raise UsageError("a key that nobody knows cannot be revoked: choose one of the two")
    state: State = "revoked" if revoked else "known" if known else "foreign"
    listed = None if topics is None else tuple(dict.fromkeys(topics))
    return KeyFacts(_made_up_id(), team or TEAM, listed, environment, state)


def new_pem() -> bytes:
    """A new key."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def usual_key(authority: Authority) -> tuple[KeyFacts, bytes]:
    """The one that all servers with this authority have, where no folder has another: who was told
    of it once may send to each.
    """
    # Two threads may come at once, and both have to get the same.
    return _USUAL.setdefault(authority, (new_facts(), new_pem()))


_USUAL: WeakKeyDictionary[Authority, tuple[KeyFacts, bytes]] = WeakKeyDictionary()


def _made_up_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(10))
