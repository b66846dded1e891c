"""Settings as a command line has them: `KEY=VALUE`."""

from __future__ import annotations

from typing import Any

import msgspec

from ..errors import UsageError
from .problems import fields, unknown
from .settings import Settings
from .settings_values import LISTS


def parse_assignments(assignments: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """`KEY=VALUE` texts as a mapping for `Settings.of`. Raises `UsageError`."""
    given: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(
                f"{assignment!r} sets nothing: write KEY=VALUE, as in payload_limit=256"
            )
        name = name.strip()
        if name not in Settings.__struct_fields__:
            # Not for `of` to say: a name of another argument would get there as that.
            raise UsageError(str(unknown("setting", name, Settings.__struct_fields__)))
        if name in LISTS:
            given[name] = [*given.get(name, []), value]
        else:
            given[name] = _read(name, value)
    return given


def _read(name: str, text: str) -> Any:
    """A text from the command line as the value of its setting, as far as it is one."""
    known = {field.key: field.type for field in fields(Settings)}
    try:
        return msgspec.convert(text, known.get(name, str), strict=False)
    except msgspec.ValidationError:
        return text
