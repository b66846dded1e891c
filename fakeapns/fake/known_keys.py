"""The keys of a server as its front needs to know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..certificates import ProviderKey, ProviderKeys
from ..fronts.api import Keyring, KnownKey
from ..scenario import Settings


class KnownKeys(Mapping[str, KnownKey]):
    """Those that Apple knows, by id, also what is minted later."""

    def __init__(self, keys: ProviderKeys) -> None:
        self._keys = keys
        self._made: dict[str, KnownKey] = {}

    def __getitem__(self, key_id: str) -> KnownKey:
        if key_id not in self._made:
            key = self._keys.get(key_id)
            if key is None or not key.known:
                raise KeyError(key_id)
            self._made[key_id] = _as_known(key)
        return self._made[key_id]

    def __iter__(self) -> Iterator[str]:
        return (key.key_id for key in self._keys if key.known)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def keyring_of(keys: ProviderKeys, settings: Settings) -> Keyring:
    """What a front of the API judges tokens by."""
    return Keyring(KnownKeys(keys), settings)


def _as_known(key: ProviderKey) -> KnownKey:
    return KnownKey(
        key_id=key.key_id,
        team_id=key.team_id,
        public_key=key.private_key.public_key(),
        topics=None if key.topics is None else frozenset(key.topics),
        environment=key.environment,
        revoked=key.revoked,
    )
