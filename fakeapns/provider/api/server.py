"""Where the provider API is, and which key signs for it: as values, and as ready files, variables
and people write them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from ...certificates import load_p8, sign_token
from ...errors import StartError, UsageError
from ...inputs import read_input
from .tokens import Tokens

#: Apple's own alternative to 443, and the one that anybody may listen on.
API_PORT = 2197
_FILE = re.compile(r"AuthKey_([A-Z0-9]{10})\.p8")


class ApiAddress(msgspec.Struct, frozen=True):
    """Where the API listens: with TLS, or without, where `scheme` is "http"."""

    host: str
    port: int
    scheme: str = "https"

    @property
    def authority(self) -> str:
        """Host and port as a request says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @classmethod
    def of(cls, url: str, named: str = "--api-url") -> ApiAddress:
        """The address of a URL, without a path. Raises `UsageError`, which says where it stood."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, parts = None, None, urlsplit("")
        if parts.scheme not in ("http", "https") or not host or parts.path not in ("", "/"):
            raise UsageError(
                f"{named} {url!r} is no address of an API: write https://127.0.0.1:{API_PORT}, or "
                "http:// for the plain port"
            )
        return cls(host, port or (443 if parts.scheme == "https" else 80), parts.scheme)


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
    """What is said of a key, in one place or another."""

    p8: str | None = None
    key_id: str | None = None
    team_id: str | None = None

    def completed(self, other: GivenKey) -> GivenKey:
        """With what this lacks taken from another: all of it, or its ids if the key is the same."""
        if self.p8 is not None and other.p8 is not None and self.p8 != other.p8:
            return self
        given = {name: value for name, value in msgspec.structs.asdict(self).items() if value}
        return msgspec.structs.replace(other, **given)

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


class ApiPart(msgspec.Struct, frozen=True):
    """What a ready file says of the API: `api` is None where the server does not offer it."""

    api: ApiAddress | None = None
    keys: list[GivenKey] = []


def api_in_ready_file(path: Path) -> ApiPart:
    """The API's part of a ready file that was read before. Raises `StartError`."""
    try:
        return msgspec.json.decode(read_input(path), type=ApiPart)
    except (OSError, ValueError) as wrong:
        raise StartError(f"{path} is no ready file of fakeapns: {wrong}; delete it") from None


def api_in_variables(given: Mapping[str, str]) -> tuple[ApiAddress | None, GivenKey]:
    """What the APNS_ variables say of the API. Raises `UsageError` for what is no address."""
    p8, key_id, team_id = (
        given.get(name) or None for name in ("APNS_AUTH_KEY", "APNS_KEY_ID", "APNS_TEAM_ID")
    )
    key = GivenKey(p8, key_id, team_id)
    if url := given.get("APNS_API_URL"):
        return ApiAddress.of(url, "APNS_API_URL"), key
    host, port = given.get("APNS_API_HOST"), given.get("APNS_API_PORT")
    if not host:
        return None, key
    host = f"[{host}]" if ":" in host else host
    return ApiAddress.of(f"https://{host}:{port or API_PORT}", "APNS_API_PORT"), key
