"""Apple's Push Notification service, on your own machine.

Real protocol, real TLS, failures on demand, everything recorded. Start with `FakeAPNs`; in
pytest, ask for the fixture `apns`; on the command line, `fakeapns --help`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .certificates import Authority, ClientCertificate
    from .errors import FakeAPNsError, ScenarioError, StartError, UsageError
    from .fake.in_thread import ThreadedAPNs
    from .fake.in_trio import FakeAPNs
    from .ledger.audit import Audit
    from .ledger.entries import Notification
    from .ledger.ledger import Ledger
    from .push.devices import Device
    from .scenario.faults import (
        AcceptThenClose,
        Acknowledge,
        AfterNotifications,
        Alert,
        BadCertificate,
        Blackhole,
        Drop,
        FeedbackCut,
        FeedbackDelay,
        FeedbackRepeat,
        FeedbackSilent,
        FeedbackStale,
        Garbage,
        ReconnectBlock,
        Refuse,
        Reject,
        Shutdown,
        SlowHandshake,
        Stall,
        Throttle,
    )
    from .scenario.scenario import Expect, Scenario
    from .scenario.settings import Settings
    from .scenario.steps import DeviceEntry, On, Step
    from .scenario.toml import load_scenario

# Names are imported when they are first used: a pytest run that has the plugin installed
# but does not use it must not pay for trio, ssl and cryptography.
_HOME = {
    "AcceptThenClose": "scenario.faults",
    "Acknowledge": "scenario.faults",
    "AfterNotifications": "scenario.faults",
    "Alert": "scenario.faults",
    "Audit": "ledger.audit",
    "Authority": "certificates",
    "BadCertificate": "scenario.faults",
    "Blackhole": "scenario.faults",
    "ClientCertificate": "certificates",
    "Device": "push.devices",
    "DeviceEntry": "scenario.steps",
    "Drop": "scenario.faults",
    "Expect": "scenario.scenario",
    "FakeAPNs": "fake.in_trio",
    "FakeAPNsError": "errors",
    "FeedbackCut": "scenario.faults",
    "FeedbackDelay": "scenario.faults",
    "FeedbackRepeat": "scenario.faults",
    "FeedbackSilent": "scenario.faults",
    "FeedbackStale": "scenario.faults",
    "Garbage": "scenario.faults",
    "Ledger": "ledger.ledger",
    "Notification": "ledger.entries",
    "On": "scenario.steps",
    "ReconnectBlock": "scenario.faults",
    "Refuse": "scenario.faults",
    "Reject": "scenario.faults",
    "Scenario": "scenario.scenario",
    "ScenarioError": "errors",
    "Settings": "scenario.settings",
    "Shutdown": "scenario.faults",
    "SlowHandshake": "scenario.faults",
    "Stall": "scenario.faults",
    "StartError": "errors",
    "Step": "scenario.steps",
    "ThreadedAPNs": "fake.in_thread",
    "Throttle": "scenario.faults",
    "UsageError": "errors",
    "load_scenario": "scenario.toml",
}

__all__ = [
    "AcceptThenClose",
    "Acknowledge",
    "AfterNotifications",
    "Alert",
    "Audit",
    "Authority",
    "BadCertificate",
    "Blackhole",
    "ClientCertificate",
    "Device",
    "DeviceEntry",
    "Drop",
    "Expect",
    "FakeAPNs",
    "FakeAPNsError",
    "FeedbackCut",
    "FeedbackDelay",
    "FeedbackRepeat",
    "FeedbackSilent",
    "FeedbackStale",
    "Garbage",
    "Ledger",
    "Notification",
    "On",
    "ReconnectBlock",
    "Refuse",
    "Reject",
    "Scenario",
    "ScenarioError",
    "Settings",
    "Shutdown",
    "SlowHandshake",
    "Stall",
    "StartError",
    "Step",
    "ThreadedAPNs",
    "Throttle",
    "UsageError",
    "__version__",
    "load_scenario",
]


def __getattr__(name: str) -> Any:
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    from importlib import import_module

    return getattr(import_module(f".{home}", __name__), name)
