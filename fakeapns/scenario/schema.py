"""The scenario format as a JSON Schema, made from the types that the loader uses.

Draft 4, because the TOML language server that most editors have reads no later one.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from .faults import FAULTS
from .inhabitants import ChannelEntry, DeviceEntry
from .pushes import PushEntry
from .scenario import Expect, Sender
from .settings import Settings
from .settings_values import LISTS, VERSIONS
from .steps import On, Step
from .units import END

_REFERENCE = "#/definitions/{name}"


def scenario_schema() -> dict[str, Any]:
    """The schema, draft 4, as what `json` makes of a file."""
    kinds = [*FAULTS, On, DeviceEntry, ChannelEntry, PushEntry, Expect, Settings, Step]
    _, definitions = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    definitions = {name: _draft_4(each) for name, each in definitions.items()}
    del definitions["On"]["properties"]["where"]
    step = definitions.pop("Step")["properties"]
    for each in definitions.values():
        # The loader knows its keys by itself, so not every type forbids the others.
        each["additionalProperties"] = False
    beside = {"on": step["on"], "times": step["times"], "per": step["per"]}
    for kind in FAULTS:
        fault = definitions[kind.__name__]
        fault["properties"] = {**fault["properties"], **beside}
    _widen_settings(definitions["Settings"]["properties"])
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "fakeapns scenario",
        "type": "object",
        "properties": {
            "about": {"type": "string", "minLength": 1, "description": "What the story is."},
            "advice": {
                "type": "string",
                "minLength": 1,
                "description": "What a sender should do that fails in it.",
            },
            "services": {
                "type": "array",
                "items": {"enum": list(get_args(Sender))},
                "minItems": 1,
                "uniqueItems": True,
                "default": ["gateway"],
                "description": "Those who send to these are played with by chaos.",
            },
            "seed": {"type": "integer", "description": "Decides what is left to chance."},
            "gateway": _reference("Settings"),
            "device": {"type": "array", "items": _reference("DeviceEntry")},
            "channel": {"type": "array", "items": _reference("ChannelEntry")},
            "push": {"type": "array", "items": _reference("PushEntry")},
            "step": {
                "type": "array",
                "items": {"anyOf": [_reference(kind.__name__) for kind in FAULTS]},
            },
            "expect": _reference("Expect"),
        },
        "required": ["about"],
        "additionalProperties": False,
        "definitions": definitions,
    }


def _reference(name: str) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(name=name)}


def _draft_4(schema: Any) -> Any:
    """The same without what draft 4 or TOML does not have."""
    if isinstance(schema, list | tuple):
        return [_draft_4(each) for each in schema if each != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: _draft_4(value)
        for key, value in schema.items()
        # TOML has no null, so a default of null is a key that is not there; and an empty list
        # of what is required is none.
        if not (key == "default" and value is None) and not (key == "required" and not value)
    }
    if "pattern" in found and isinstance(found["pattern"], str):
        # In a schema this is what `$` means, and not every editor knows how to look ahead.
        found["pattern"] = found["pattern"].replace(END, "$")
    if "description" in found and isinstance(found["description"], str):
        found["description"] = " ".join(found["description"].split())
    alternatives = found.get("anyOf")
    if isinstance(alternatives, list) and len(alternatives) == 1:
        del found["anyOf"]
        found = {**alternatives[0], **found}
    return found


def _widen_settings(settings: dict[str, Any]) -> None:
    """What settings take besides their own type: see `Settings.of`."""
    for name in VERSIONS:
        numbers = [float(version) for version in settings[name]["enum"]]
        settings[name]["enum"] = [*settings[name]["enum"], *numbers]
    for name in LISTS:
        several = settings[name]
        beside = {key: several.pop(key) for key in ("default", "description") if key in several}
        settings[name] = {"anyOf": [several["items"], several], **beside}
