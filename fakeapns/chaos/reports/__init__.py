"""The results of a campaign told in four ways: to people, to programs, to CI and as a page."""

from __future__ import annotations

from ..result import CampaignResult
from .files import ReportFiles
from .json_report import as_json
from .junit import as_junit
from .table import Paint, as_text, unpainted

__all__ = ["Paint", "ReportFiles", "as_json", "as_junit", "as_page", "as_text", "unpainted"]


def as_page(campaign: CampaignResult) -> bytes:
    """One HTML file, UTF-8, with a timeline for each result that has its entries."""
    # Most commands draw nothing, and all of them would pay for it when they start.
    from .page import as_page

    return as_page(campaign)
