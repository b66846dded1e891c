"""What may go wrong, as written: faults, steps, settings, and the files that hold them."""

from .assignments import parse_assignments
from .changes import CHANGES, OF_PHONES, Change, why_senseless
from .fates import Fates
from .inhabitants import TOPIC, AppState, ChannelEntry, DeviceEntry, no_app
from .pushes import PushEntry
from .reference import catalogue_page, format_faults, format_reference
from .scenario import Expect, Scenario, Sender
from .schema import scenario_schema
from .settings import Settings
from .settings_keywords import SettingsKeywords
from .steps import On, Step
from .tls_terms import HTTP2, TLSTerms
from .tokens import LONGEST_TOKEN, in_full
from .toml import find_scenario, load_scenario, read_scenario, scenario_names
from .units import Budget, CountRange, expiration_of, parse_duration

__all__ = [
    "CHANGES",
    "HTTP2",
    "LONGEST_TOKEN",
    "OF_PHONES",
    "TOPIC",
    "AppState",
    "Budget",
    "Change",
    "ChannelEntry",
    "CountRange",
    "DeviceEntry",
    "Expect",
    "Fates",
    "On",
    "PushEntry",
    "Scenario",
    "Sender",
    "Settings",
    "SettingsKeywords",
    "Step",
    "TLSTerms",
    "catalogue_page",
    "expiration_of",
    "find_scenario",
    "format_faults",
    "format_reference",
    "in_full",
    "load_scenario",
    "no_app",
    "parse_assignments",
    "parse_duration",
    "read_scenario",
    "scenario_names",
    "scenario_schema",
    "why_senseless",
]
