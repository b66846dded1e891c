"""A provider that sends all of the connection again, also what got through."""

from __future__ import annotations

from .client import Frames, send_all


def others(frames: Frames, refused: int) -> Frames:
    """All but the refused one."""
    return {each: data for each, data in frames.items() if each != refused}


if __name__ == "__main__":
    send_all(others)
