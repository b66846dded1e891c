"""The keys of one server: those in its folder, and those that were minted while it runs.

Each is a file, `AuthKey_<key id>.p8`, and `keys.json` has what Apple's site would show of it. That
is written first: a key that a program was killed before it had written is none.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from ..errors import StartError
from ..files import json_report
from .files import CertificateFolder, read_kept
from .jwt import load_p8
from .keys import ID, TEAM, KeyFacts, ProviderKey, new_pem, usual_key
from .names import KEYS, P8

log = logging.getLogger("fakeapns")


class ProviderKeys:
    """All keys of a server, its usual one first: for all of a team, and both environments.

    Those in a folder that is kept are read from it, the usual one is written there, and so is any
    other whose file is asked for. `now` is the clock that tokens are issued by, epoch seconds.
    May be used by any thread. Raises `StartError` where the folder has keys that are none.
    """

    def __init__(self, folder: CertificateFolder, now: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._now = now
        self._lock = threading.RLock()
        self._keys: dict[str, ProviderKey] = {}
        self._seen: object = None
        with folder.alone():
            self._read()
            self.usual = self._usual()

    def __iter__(self) -> Iterator[ProviderKey]:
        with self._lock:
            others = [each for each in self._keys.values() if each is not self.usual]
        return iter([self.usual, *others])

    def mint(self, facts: KeyFacts) -> ProviderKey:
        """A new key: see `new_facts`."""
        with self._lock:
            key = self._keys[facts.key_id] = self._key(facts, new_pem(), self._write)
        return key

    def get(self, key_id: str) -> ProviderKey | None:
        """The key of this id, also one that another program has minted into the folder since."""
        found = self._keys.get(key_id)
        if found is None and self._folder.kept is not None and re.fullmatch(ID, key_id):
            # What is wrong there is said at the next start, to somebody who can mend it. Nobody is
            # kept out of the folder, since our loop would have to wait for who is in there.
            with contextlib.suppress(StartError), self._lock:
                self._read()
            found = self._keys.get(key_id)
        return found

    def _usual(self) -> ProviderKey:
        found = next((each for each in self._keys.values() if each.facts.is_for_all), None)
        if found is None:
            key = self._key(*usual_key(self._folder.authority), self._write)
            found = self._keys[key.key_id] = self._written(key)
        return found

    def _written(self, key: ProviderKey) -> ProviderKey:
        """The usual key in the folder, or for this run alone where nobody may write there."""
        if self._folder.kept is not None:
            try:
                _ = key.p8_file
            except StartError as wrong:
                log.warning("%s, or the key %s is for this run alone", wrong, key.key_id)
                aside = CertificateFolder(self._folder.authority)
                return self._key(key.facts, key.p8.encode(), _writing(aside))
        return key

    def _read(self) -> None:
        """Take in what the folder has and we do not, if it has changed."""
        directory = self._folder.kept
        if directory is None or self._seen == (changed := _when_changed(directory)):
            return
        known, adopted = read_keys(directory)
        for facts, pem in known:
            if facts.key_id not in self._keys:
                self._keys[facts.key_id] = self._key(facts, pem, _in(directory))
        for path in adopted:
            log.warning("%s is not in %s: a key of the team %s, for every topic", path, KEYS, TEAM)
        self._seen = changed

    def _key(
        self, facts: KeyFacts, pem: bytes, write: Callable[[KeyFacts, bytes], str]
    ) -> ProviderKey:
        return ProviderKey(facts, pem, write, self._now)

    def _write(self, facts: KeyFacts, pem: bytes) -> str:
        directory = self._folder.kept
        with self._folder.alone():
            if directory is not None:
                there = (each for each, _ in read_keys(directory)[0])
                listed = [*(each for each in there if each.key_id != facts.key_id), facts]
                self._folder.write(KEYS, json_report({"keys": listed}))
            return _writing(self._folder)(facts, pem)


def read_keys(directory: Path) -> tuple[list[tuple[KeyFacts, bytes]], list[Path]]:
    """The keys in a folder, those that are listed first, and the files of the others, which are
    taken for usual ones. Raises `StartError` for a file that is none.
    """
    listed = {facts.key_id: facts for facts in _listed(directory / KEYS)}
    files = {_id_of(path): path for path in sorted(directory.glob(P8.format("*")))}
    found = []
    for facts in (*listed.values(), *(KeyFacts(each) for each in files if each not in listed)):
        if facts.key_id in files:
            found.append((facts, _read_p8(files[facts.key_id])))
    return found, [path for key_id, path in files.items() if key_id not in listed]


class _Listed(msgspec.Struct, forbid_unknown_fields=True):
    """The file `keys.json`."""

    keys: list[KeyFacts]


def _listed(path: Path) -> list[KeyFacts]:
    content = read_kept(path)
    if content is None:
        return []
    try:
        return msgspec.json.decode(content, type=_Listed).keys
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
        raise StartError(
            f"{path} is no list of keys as we write it: {wrong}; mend it, or delete it, and all "
            f"keys beside it are of the team {TEAM} and for every topic"
        ) from None


def _id_of(path: Path) -> str:
    key_id = path.name[len(P8.format("*").partition("*")[0]) : -len(path.suffix)]
    if not re.fullmatch(ID, key_id):
        raise StartError(
            f"{path} is named for the key {key_id}, and a key id has ten characters, A to Z and "
            "0 to 9: rename it, or move it away"
        )
    return key_id


def _read_p8(path: Path) -> bytes:
    pem = read_kept(path) or b""
    try:
        load_p8(pem)
    except ValueError as wrong:
        raise StartError(
            f"{path} is no key to sign tokens with: {wrong}; put the right file there, or move "
            "it away"
        ) from None
    return pem


def _in(directory: Path) -> Callable[[KeyFacts, bytes], str]:
    """It is there already."""
    return lambda facts, _: str(directory / P8.format(facts.key_id))


def _writing(folder: CertificateFolder) -> Callable[[KeyFacts, bytes], str]:
    return lambda facts, pem: folder.write(P8.format(facts.key_id), pem, private=True)


def _when_changed(directory: Path) -> object:
    """Another value once the list of keys, or a name in the folder, has changed."""
    stats = []
    for path in (directory, directory / KEYS):
        with contextlib.suppress(OSError):
            found = path.stat()
            stats.append((found.st_ino, found.st_mtime_ns, found.st_size))
    return stats
