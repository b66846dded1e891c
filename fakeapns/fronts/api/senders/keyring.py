"""The keys that the service knows, and what a token that comes is worth by them."""

from __future__ import annotations

from collections.abc import Mapping

from ....push import Flaw, Refusal
from ....scenario import Settings
from ....text import nearest, shown
from .credentials import Credential, KnownKey, Renewals, Session
from .jwt import Token, is_signed_by, read_token

#: Tokens whose signature is known, and addresses whose newest token is. A provider has a handful of
#: tokens, and headers are bounded, so that is a few MB at most.
_MOST_TOKENS, _MOST_ADDRESSES = 1024, 4096
#: As many as a sentence names, and how many of the latest are tried to tell who has signed instead:
#: that takes 80 µs for each, while others wait.
_NAMED, _TRIED = 5, 10


class Keyring:
    """One for all connections of a server. `known` has the keys by id, and any thread may add some
    at any time: a token whose key was not known is looked at anew.
    """

    def __init__(self, known: Mapping[str, KnownKey], settings: Settings) -> None:
        self._known = known
        self._settings = settings
        self._read: dict[bytes, Credential] = {}
        self._addresses: dict[str, Renewals] = {}

    def read(self, authorization: bytes) -> Credential:
        """What the header `authorization` is worth, whatever the time. The same header is the same
        object: parsed once, and its signature verified once (80 µs).
        """
        found = self._read.get(authorization)
        if found is not None and (found.key or not found.key_id or found.key_id not in self._known):
            return found
        token = read_token(authorization)
        key = self._known.get(token.key_id or "")
        if len(self._read) >= _MOST_TOKENS:
            self._read.clear()
        found = self._read[authorization] = self._judged(token, key)
        return found

    def session(self, address: str) -> Session:
        """What tokens may do on a new connection from this address."""
        renewals = Renewals("this connection")
        if self._settings.jwt_scope == "address":
            if len(self._addresses) >= _MOST_ADDRESSES:
                self._addresses.clear()
            renewals = self._addresses.setdefault(address, Renewals("this address"))
        return Session(self._settings.jwt_skew_seconds, renewals)

    def _judged(self, token: Token, key: KnownKey | None) -> Credential:
        return Credential(
            key=key,
            key_id=token.key_id,
            team_id=token.team_id,
            digest=token.digest,
            iat=token.issued_at,
            flaw=self._flaw(token, key),
            warnings=token.warnings,
        )

    def _flaw(self, token: Token, key: KnownKey | None) -> Flaw | None:
        """What is wrong with a token whatever the time."""
        here = self._settings.environment
        # Ahead of all else, as was measured (dory, August 2026).
        if key is not None and key.environment not in ("both", here):
            return Flaw(
                Refusal.CREDENTIALS_OF_OTHER_ENVIRONMENT,
                f"the key {key.key_id} is for {key.environment}, and this is {here}: sign with a "
                "key for it, or for both",
            )
        why = token.wrong
        if why is None:
            why = self._why_unknown(token) if key is None else self._why_not_of(token, key)
        return None if why is None else Flaw(Refusal.CREDENTIALS_INVALID, why)

    def _why_unknown(self, token: Token) -> str:
        key_id = str(token.key_id)
        good = tuple(each.key_id for each in tuple(self._known.values()) if not each.revoked)
        swapped = self._known.get(str(token.team_id))
        if swapped is not None and swapped.team_id == key_id:
            return (
                f"kid is {key_id}, the id of the team, and iss {swapped.key_id}, that of the key: "
                "write each in the other's place"
            )
        near = nearest(key_id, good)
        names = f"did you mean {near}" if near else f"known are {_listed(good)}"
        return (
            f"the kid of the token is {shown(key_id)}, which is no key that the service knows: "
            f"{names}; sign with one that it has, or mint one"
        )

    def _why_not_of(self, token: Token, key: KnownKey) -> str | None:
        if token.team_id != key.team_id:
            return (
                f"the iss of the token is {shown(token.team_id)}, and the key {key.key_id} belongs "
                f"to the team {key.team_id}: write that one"
            )
        if key.revoked:
            return f"the key {key.key_id} is revoked: sign with another one"
        if is_signed_by(token, key.public_key):
            return None
        others = tuple(self._known.values())[-_TRIED:]
        signer = next((each for each in others if is_signed_by(token, each.public_key)), None)
        if signer is not None:
            return (
                f"the kid of the token is {key.key_id}, and the key {signer.key_id} has signed it: "
                "write the id of the .p8 that signs"
            )
        return (
            f"the signature of the token is not by the key {key.key_id}: sign with its .p8, over "
            "header and claim set as they are sent"
        )


def _listed(names: tuple[str, ...]) -> str:
    if not names:
        return "none"
    return ", ".join(names[:_NAMED]) + (" and others" if len(names) > _NAMED else "")
