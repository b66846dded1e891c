"""Apple's Push Notification service, on your own machine.

Real protocol, real TLS, failures on demand, everything recorded. Start with `FakeAPNs`; in
pytest, ask for the fixture `apns`; on the command line, `fakeapns --help`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Type checkers take what `__all__` names from these, and nothing else.
if TYPE_CHECKING:
    from ._version import __version__
    from .certificates import *
    from .errors import *
    from .fake.in_thread import *
    from .fake.in_trio import *
    from .ledger.audit import *
    from .ledger.entries import *
    from .ledger.ledger import *
    from .push.devices import *
    from .scenario.faults import *
    from .scenario.scenario import *
    from .scenario.settings import *
    from .scenario.steps import *
    from .scenario.toml import *

#: The same modules for Python, which looks for a name when it is used, in the cheap ones first:
#: a pytest run that has the plugin installed but does not use it must not pay for trio, ssl and
#: cryptography.
_HOMES = (
    "_version",
    "errors",
    "scenario.faults",
    "ledger.entries",
    "scenario.steps",
    "scenario.settings",
    "scenario.scenario",
    "scenario.toml",
    "push.devices",
    "ledger.ledger",
    "ledger.audit",
    "certificates",
    "fake.in_thread",
    "fake.in_trio",
)

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
    from importlib import import_module

    for home in _HOMES if name in __all__ else ():
        module = import_module(f".{home}", __name__)
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
