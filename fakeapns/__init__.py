"""Apple's Push Notification service, on your own machine.

Real protocol, real TLS, failures on demand, everything recorded. Start with `FakeAPNs`; in
pytest, ask for the fixture `apns`; on the command line, `fakeapns --help`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .audit import Audit
    from .certificates import Authority, ClientCertificate
    from .devices import Device
    from .errors import FakeAPNsError, ScenarioError, StartError, UsageError
    from .fake import FakeAPNs
    from .faults import (
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
    from .ledger import Ledger
    from .notification import Notification
    from .scenario import DeviceEntry, Expect, On, Scenario, Step
    from .scenario_file import load_scenario
    from .settings import Settings
    from .thread import ThreadedAPNs

# Names are imported when they are first used: a pytest run that has the plugin installed
# but does not use it must not pay for trio, ssl and cryptography.
_HOME = {
    "AcceptThenClose": "faults",
    "Acknowledge": "faults",
    "AfterNotifications": "faults",
    "Alert": "faults",
    "Audit": "audit",
    "Authority": "certificates",
    "BadCertificate": "faults",
    "Blackhole": "faults",
    "ClientCertificate": "certificates",
    "Device": "devices",
    "DeviceEntry": "scenario",
    "Drop": "faults",
    "Expect": "scenario",
    "FakeAPNs": "fake",
    "FakeAPNsError": "errors",
    "FeedbackCut": "faults",
    "FeedbackDelay": "faults",
    "FeedbackRepeat": "faults",
    "FeedbackSilent": "faults",
    "FeedbackStale": "faults",
    "Garbage": "faults",
    "Ledger": "ledger",
    "Notification": "notification",
    "On": "scenario",
    "ReconnectBlock": "faults",
    "Refuse": "faults",
    "Reject": "faults",
    "Scenario": "scenario",
    "ScenarioError": "errors",
    "Settings": "settings",
    "Shutdown": "faults",
    "SlowHandshake": "faults",
    "Stall": "faults",
    "StartError": "errors",
    "Step": "scenario",
    "ThreadedAPNs": "thread",
    "Throttle": "faults",
    "UsageError": "errors",
    "load_scenario": "scenario_file",
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
