"""What happened, as a page to look at: a ledger's entries drawn as timelines in one HTML file."""

from .document import Section, page
from .shown import Trace
from .tracing import trace

__all__ = [
    "Section",
    "Trace",
    "page",
    "trace",
]
