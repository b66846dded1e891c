"""Where the provider API is, and which key signs for it, as variables and people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from os.path import abspath
from pathlib import Path

import msgspec

from ...certificates import load_p8, sign_token
from ...errors import StartError, UsageError
from ...inputs import read_input
from ..addresses import API_PORT, ApiAddress
from .tokens import Tokens

_FILE = re.compile(r"AuthKey_([A-Z0-9]{10})\.p8")


class SigningKey(msgspec.Struct, frozen=True):
    """A provider's key: the path of its .p8 file, and the ten characters each of key and team."""

    p8: str
    key_id: str
    team_id: str

    def tokens(self) -> Tokens:
        """The tokens that it signs. Raises `StartError` for a file that is no such key, and
        `UsageError` for ids that are none.
        """
        for name, value in (("key id", self.key_id), ("team id", self.team_id)):
            if not re.fullmatch("[A-Za-z0-9]{10}", value):
                raise UsageError(f"the {name} {value!r} is none: it has ten letters and digits")
        try:
            key = load_p8(read_input(Path(self.p8)))
        except (OSError, ValueError) as wrong:
            why = getattr(wrong, "strerror", None) or wrong
            raise StartError(
                f"{self.p8} cannot be used as a key: {why}; name a .p8 file with --p8"
            ) from None
        return Tokens(lambda now: sign_token(key, self.key_id, self.team_id, now))


class GivenKey(msgspec.Struct, frozen=True):
    """What is said of a key, in one place or another. `p8` becomes an absolute path."""

    p8: str | None = None
    key_id: str | None = None
    team_id: str | None = None

    def __post_init__(self) -> None:
        if self.p8 is not None:
            msgspec.structs.force_setattr(self, "p8", abspath(self.p8))

    def completed(self, known: Iterable[GivenKey]) -> GivenKey:
        """With the rest of the first key that all of this is true of."""
        own = {name: value for name, value in msgspec.structs.asdict(self).items() if value}
        for other in known:
            theirs = msgspec.structs.asdict(other)
            if all(theirs[name] in (None, value) for name, value in own.items()):
                return msgspec.structs.replace(other, **own)
        return self

    def key(self) -> SigningKey | None:
        """The key, if one is named. Apple's files have the key's id in their name. Raises
        `UsageError` for what is missing.
        """
        if self.p8 is None:
            return None
        named = _FILE.fullmatch(Path(self.p8).name)
        key_id = self.key_id or (named[1] if named else None)
        for value, option, variable in (
            (key_id, "--key-id", "APNS_KEY_ID"),
            (self.team_id, "--team-id", "APNS_TEAM_ID"),
        ):
            if value is None:
                raise UsageError(f"{option} is missing for {self.p8}: give it, or set {variable}")
        assert key_id is not None
        assert self.team_id is not None
        return SigningKey(self.p8, key_id, self.team_id)


def api_in_variables(given: Mapping[str, str]) -> tuple[ApiAddress | None, GivenKey]:
    """What the APNS_ variables say of the API. Raises `UsageError` for what is no address."""
    p8, key_id, team_id = (
        given.get(name) or None for name in ("APNS_AUTH_KEY", "APNS_KEY_ID", "APNS_TEAM_ID")
    )
    key = GivenKey(p8, key_id, team_id)
    if url := given.get("APNS_API_URL"):
        return ApiAddress.at(url, "APNS_API_URL"), key
    host, port = given.get("APNS_API_HOST"), given.get("APNS_API_PORT")
    if not host:
        return None, key
    host = f"[{host}]" if ":" in host else host
    return ApiAddress.at(f"https://{host}:{port or API_PORT}", "APNS_API_PORT"), key
