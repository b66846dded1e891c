"""The page: what stands between two markers is a table, one for each service."""

from __future__ import annotations

from fakeapns.scenario import Sender

from .libraries import FOLDER

PAGE = FOLDER.parent / "docs" / "matrix.md"


def markers(service: Sender) -> tuple[str, str]:
    """The lines around its table."""
    begin = f"<!-- python -m examples.matrix --service {service} writes from here -->"
    return begin, f"<!-- to here: {service} -->"


def _parts(page: str, service: Sender) -> tuple[str, str, str]:
    begin, end = markers(service)
    before, _, rest = page.partition(begin)
    table, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"put the lines {begin} and {end} where the table shall be")
    return before, table, after


def table_in(page: str, service: Sender) -> str:
    """The table that the page has. Raises `ValueError` without its markers."""
    return _parts(page, service)[1].strip()


def replaced(page: str, service: Sender, table: str) -> str:
    """The page with this table between its markers. Raises `ValueError` without them."""
    before, _, after = _parts(page, service)
    begin, end = markers(service)
    return f"{before}{begin}\n{table}\n{end}{after}"
