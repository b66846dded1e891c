"""A provider that does not believe that a token is bad."""

from __future__ import annotations

from .client import Frames, send_all


def from_there(frames: Frames, refused: int) -> Frames:
    """The refused one, and what was behind it."""
    return {each: data for each, data in frames.items() if each >= refused}


if __name__ == "__main__":
    send_all(from_there)
