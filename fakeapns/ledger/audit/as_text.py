"""What came for a token's text instead of the token: it was sent after all, to nobody."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from ...push import TokenText, token_text
from .intention import Intention, Meant
from .journal import Journal


class WrittenAsText:
    """Finds what was meant among unexpected notifications whose tokens are text."""

    def __init__(self, intention: Intention, journal: Journal) -> None:
        self._intention = intention
        self._journal = journal

    def owner(self, found: Meant) -> int | None:
        """The position of the first that was meant for what a token says; None if none was."""
        said = token_text(_as_it_came(found.token))
        if said is None or said.token is None:
            return None
        tokens, positions = self._tokens
        near = bisect_left(tokens, said.token)
        fits = near < len(tokens) and said.stands_for(tokens[near])
        return positions[near] if fits else None

    def came(self, position: int) -> TokenText | None:
        """What came for the token of a position as text, if anything did."""
        return self._texts.get(self._intention.meant(position).token) if self._texts else None

    def was_no_hex(self, said: TokenText) -> bool:
        """Whether that stood in a path of the provider API, where only hex is a token."""
        return self._journal.unmeant.was_no_hex(said.text)

    @cached_property
    def _tokens(self) -> tuple[list[bytes], list[int]]:
        """The tokens that were meant, in order, and the first position of each."""
        first: dict[bytes, int] = {}
        for position in range(len(self._intention)):
            meant = self._intention.meant(position)
            # A broadcast has none.
            if meant.channel is None:
                first.setdefault(bytes.fromhex(meant.token), position)
        tokens = sorted(first)
        return tokens, [first[token] for token in tokens]

    @cached_property
    def _texts(self) -> dict[str, TokenText]:
        """The tokens, in hex, that came as text, with what came instead."""
        found: dict[str, TokenText] = {}
        for each in self._journal.unmeant.for_text:
            owner = self.owner(each)
            said = token_text(_as_it_came(each.token))
            if owner is not None and said is not None:
                found[self._intention.meant(owner).token] = said
        return found


def _as_it_came(token: str) -> bytes:
    """The bytes of a token as a ledger has it: those of hex, else the text's."""
    try:
        return bytes.fromhex(token)
    except ValueError:
        return token.encode()
