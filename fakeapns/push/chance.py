"""Chance that can be repeated: a hash of what is decided about, never a shared stream.

Same seed and same notification give the same number, however connections interleave. The
connection plays no part, nor does Python's salted `hash`.

With a shared stream concurrency breaks every seed (czan/stateful-check #8): who draws first is up
to the scheduler. Similar tools have no seed (Mailpit asks the system's cryptographic source) or
have one and do not use it: Toxiproxy's `--seed` makes a generator that no toxic draws from.
"""

from __future__ import annotations

from hashlib import blake2b

#: Different notifications that are remembered, so that the same one again may fare otherwise.
REMEMBERED = 250_000


def fraction(
    seed: int,
    position: int,
    topic: str | None,
    token: bytes,
    payload: bytes,
    identifier: int | None,
    repetition: int,
) -> float:
    """A number from 0 (included) to 1 (excluded), so that a chance of 0 means never (Toxiproxy
    #603) and one of 1 always.

    `position` is that of the step, from 1, and 0 for settings; `repetition` how often this
    same notification has been judged before.
    """
    parts = (
        str(seed).encode(),
        str(position).encode(),
        (topic or "").encode(),
        token,
        payload,
        b"" if identifier is None else str(identifier).encode(),
        str(repetition).encode(),
    )
    digest = blake2b(digest_size=8)
    for part in parts:
        digest.update(len(part).to_bytes(4, "big") + part)
    # 53 bits, as many as a float holds: with more, the highest would be rounded up to 1.
    return (int.from_bytes(digest.digest(), "big") >> 11) / 2**53


class Repetitions:
    """How often each of the latest notifications was judged before.

    The last `remembered` different ones are remembered for certain, and twice as many at most, of
    90 bytes each: one that comes again behind so many others counts as new.
    """

    # Two halves, of which the older is dropped as a whole: to forget one by one the order would
    # have to be kept, which takes as much memory again.

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._latest: dict[int, int] = {}
        self._older: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._latest) + len(self._older)

    def count(self, topic: str | None, token: bytes, payload: bytes, identifier: int | None) -> int:
        """How often this same one was counted before."""
        digest = blake2b(digest_size=8)
        for part in (token, payload, repr((topic, identifier)).encode()):
            digest.update(len(part).to_bytes(4, "big") + part)
        # As a number: half the size of the bytes.
        key = int.from_bytes(digest.digest(), "big")
        before = self._latest.get(key)
        if before is None:
            before = self._older.pop(key, 0)
            if len(self._latest) >= self._remembered:
                self._older, self._latest = self._latest, {}
        self._latest[key] = before + 1
        return before
