"""Pages made from the types and the files themselves, so that they cannot be out of date."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from .faults import FAULTS, KNOWN
from .inhabitants import ChannelEntry, DeviceEntry
from .problems import Field, allowed_values, fields
from .pushes import PushEntry
from .scenario import Expect, Scenario
from .settings import Settings
from .steps import On, Step
from .toml import load_scenario, scenario_names

_STAGES = {
    "accept": "at TCP accept",
    "handshake": "in the handshake",
    "open": "as the connection opens",
    "frame": "inside a frame, as `drop` with `after_bytes` does",
    "notification": "at a notification",
    "feedback": "as feedback is read",
}


def format_reference() -> str:
    """Every key of the scenario format, as a page of Markdown."""
    parts = [
        "# Reference of the scenario format",
        "Made by `fakeapns schema --markdown` from the types that read the files.",
        "## Top level",
        _table(Scenario, without={"name"}),
        "## `[[device]]`",
        _docstring(DeviceEntry),
        _table(DeviceEntry),
        "## `[[channel]]`",
        _docstring(ChannelEntry),
        _table(ChannelEntry),
        "## `[[push]]`",
        _docstring(PushEntry),
        _table(PushEntry),
        "## `[[step]]`",
        _docstring(Step),
        "Beside the keys of its fault:",
        _table(Step),
        "## `on`",
        _docstring(On).replace(" `where` is for Python only: a function of the notification.", ""),
        _table(On, without={"where"}),
        "A fault can only be triggered by what is known when it acts:",
        "\n".join(
            ["| acts | triggers |", "| --- | --- |"]
            + [
                f"| {_STAGES[stage]} | {', '.join(map(_quoted, sorted(known - {'where'})))} |"
                for stage, known in KNOWN.items()
            ]
        ),
        "## Faults",
        "Each with its keys is in [FAULTS.md](FAULTS.md).",
        "## `[gateway]`",
        _table(Settings),
        "## `[expect]`",
        _docstring(Expect),
        _table(Expect),
    ]
    return "\n\n".join(parts) + "\n"


def format_faults() -> str:
    """Every fault with its keys, as a page of Markdown."""
    parts = [
        "# All faults",
        "Made by `fakeapns schema --faults` from the types that read the files. [The reference]"
        "(REFERENCE.md) has everything else.",
    ]
    for fault in FAULTS:
        acts = f"Acts {_STAGES[fault.stages[0]]}, on {_listed(fault.services)}."
        parts += [f"## `{fault.__struct_config__.tag}`", f"{acts} {_docstring(fault)}"]
        if fields(fault):
            parts.append(_table(fault))
    return "\n\n".join(parts) + "\n"


def _listed(services: Sequence[str]) -> str:
    *others, last = (f"`{each}`" for each in services)
    return f"{', '.join(others)} and {last}" if others else last


def catalogue_page() -> str:
    """The stories of the catalogue, as a page of Markdown."""
    rows = []
    for name in scenario_names():
        scenario = load_scenario(name)
        faults = dict.fromkeys(f"`{step.fault.name}`" for step in scenario.step)
        senders = ", ".join(scenario.services)
        rows.append(
            f"| [{name}]({name}.toml) | {senders} | {scenario.about} | {', '.join(faults)} |"
        )
    return "\n".join(
        [
            "# The catalogue",
            "",
            "Ready-made stories, each with what a good provider reaches in it. Name one wherever a",
            'scenario is asked for: `fakeapns serve --scenario NAME`, `FakeAPNs(scenario="NAME")`,',
            '`@pytest.mark.apns(scenario="NAME")`. `fakeapns scenarios show NAME` prints its file,',
            "a good start for one of your own; [FORMAT.md](FORMAT.md) tells how they are written.",
            "",
            "This page is made by `fakeapns scenarios --markdown`.",
            "",
            "| name | senders to | story | faults |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _docstring(kind: type[Any]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def _table(kind: type[msgspec.Struct], without: Collection[str] = ()) -> str:
    rows = ["| key | default | allowed |", "| --- | --- | --- |"]
    for field in fields(kind):
        if field.key in without or field.name == "fault":
            continue
        allowed = ", ".join(_code(each) for each in allowed_values(field))
        rows.append(f"| `{field.key}` | {_default(kind, field)} | {allowed} |")
    return "\n".join(rows)


def _quoted(name: str) -> str:
    return f"`{name}`"


def _code(allowed: str) -> str:
    return allowed if " " in allowed else f"`{allowed}`"


def _default(kind: type[msgspec.Struct], field: Field) -> str:
    if field.required:
        return "required"
    found = next(each for each in msgspec.structs.fields(kind) if each.name == field.name)
    if found.default is msgspec.NODEFAULT or found.default in (None, ()):
        return ""
    if isinstance(found.default, msgspec.Struct):
        return ""
    return f"`{msgspec.json.encode(found.default).decode()}`"
