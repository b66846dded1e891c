"""What happened, as a page to look at: a ledger's entries drawn as timelines in one HTML file."""

from __future__ import annotations

from .page import Section, page
from .shown import Trace
from .trace import trace

__all__ = ["Section", "Trace", "page", "trace"]
