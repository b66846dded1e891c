"""All in which the two engines differ, as far as anybody knows.

`cases.py` has what ngh2 does. Where the standard leaves no choice, one of them is lenient: what
h2spec counts as misses of ngh2, eight in all, is marked with a star.
"""

from __future__ import annotations

from .cases import CLOSED, FLOW, PROTOCOL, SIZE, Outcome

#: What h2 does instead with the cases of this name.
H2_DIFFERS = {
    # * ngh2 ignores what comes on a stream that was reset; h2 resets it once more.
    "DATA behind a reset": Outcome(None, ((1, CLOSED),)),
    "HEADERS behind a reset": Outcome(None, ((1, CLOSED),)),
    # Where the stream is not over on our side, ngh2 ends the connection; h2 resets the stream.
    "DATA behind the request's end": Outcome(None, ((1, CLOSED),), (1,)),
    "HEADERS behind the request's end": Outcome(None, ((1, CLOSED),), (1,)),
    # * ngh2 ignores it.
    "a lower stream than the last": Outcome(PROTOCOL, (), (5,)),
    # * ngh2 ignores both.
    "PRIORITY of stream 0": Outcome(PROTOCOL),
    "PRIORITY that depends on itself": Outcome(PROTOCOL),
    # * ngh2 ends the connection, though the window is one stream's.
    "WINDOW_UPDATE that is too much for a stream": Outcome(None, ((1, FLOW),), (1,)),
    # h2 takes an answer that nobody asked for.
    "an acknowledgement of nothing": Outcome(),
    # Other codes for the same end.
    "DATA without the length of its padding": Outcome(SIZE),
    "an acknowledgement with SETTINGS": Outcome(PROTOCOL),
    "an index that HPACK's tables do not have": Outcome(PROTOCOL),
    "a larger table for HPACK than was allowed": Outcome(PROTOCOL),
    "a header block that breaks off": Outcome(PROTOCOL),
    # What concerns one stream ends the connection.
    "trailers without an end": Outcome(PROTOCOL),
}
#: What else is different, by name; the tests that show it ask for it.
#: - `content-length`: a length that is no number, or that the body does not have, resets the stream
#:   with ngh2, and ends the connection with h2.
#: - `goodbye`: behind a client's GOAWAY ngh2 still answers what is open, h2 says nothing more.
#: - `no-settings`: h2 does not mind other frames before the client's SETTINGS.
#: - `fields`: h2 counts the bytes of a header list, not its fields.
#: - `continuations`: h2 takes 64 CONTINUATION frames, whatever `Limits` say.
#: - `unasked`: h2 as a client does not mind an answer on a stream that nobody opened.
OTHERWISE = frozenset(
    ("content-length", "goodbye", "no-settings", "fields", "continuations", "unasked")
)


def differs(engine: str, what: str) -> bool:
    """Whether this engine is the one that does something else."""
    assert what in OTHERWISE
    return engine == "h2"
