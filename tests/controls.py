"""Characters that must not reach a terminal, for the tests of everything that people read."""

from __future__ import annotations

import pytest

#: What a terminal obeys, and what some readers take for the end of a line.
CONTROL = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\x00": "\\x00",
    "\x07": "\\x07",
    "\x1b[2J": "\\x1b[2J",
    "\x7f": "\\x7f",
    "\x85": "\\x85",
    "\x9b": "\\x9b",
    "\u2028": "\\u2028",
    "\u202e": "\\u202e",
}
each_control = pytest.mark.parametrize("character", CONTROL, ids=ascii)
