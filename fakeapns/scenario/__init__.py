"""What may go wrong, as written: faults, steps, settings, and the files that hold them."""

from .assignments import parse_assignments
from .entries import TOPIC, ChannelEntry, DeviceEntry, no_app
from .reference import catalogue_page, format_faults, format_reference
from .scenario import Expect, Scenario, Sender
from .schema import scenario_schema
from .settings import Settings
from .settings_keywords import SettingsKeywords
from .steps import On, Step
from .tls_terms import HTTP2, TLSTerms
from .toml import find_scenario, load_scenario, read_scenario, scenario_names
from .units import CountRange, parse_duration

__all__ = [
    "HTTP2",
    "TOPIC",
    "ChannelEntry",
    "CountRange",
    "DeviceEntry",
    "Expect",
    "On",
    "Scenario",
    "Sender",
    "Settings",
    "SettingsKeywords",
    "Step",
    "TLSTerms",
    "catalogue_page",
    "find_scenario",
    "format_faults",
    "format_reference",
    "load_scenario",
    "no_app",
    "parse_assignments",
    "parse_duration",
    "read_scenario",
    "scenario_names",
    "scenario_schema",
]
