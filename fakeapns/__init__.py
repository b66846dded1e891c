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
    from .errors import FakeAPNsError, StartError, UsageError
    from .fake import FakeAPNs
    from .faults import AfterNotifications, Drop, Reject, Shutdown, Stall
    from .ledger import Ledger
    from .notification import Notification
    from .scenario import On, Step
    from .settings import Settings
    from .thread import ThreadedAPNs

# Names are imported when they are first used: a pytest run that has the plugin installed
# but does not use it must not pay for trio, ssl and cryptography.
_HOME = {
    "AfterNotifications": "faults",
    "Audit": "audit",
    "Authority": "certificates",
    "ClientCertificate": "certificates",
    "Device": "devices",
    "Drop": "faults",
    "FakeAPNs": "fake",
    "FakeAPNsError": "errors",
    "Ledger": "ledger",
    "Notification": "notification",
    "On": "scenario",
    "Reject": "faults",
    "Settings": "settings",
    "Shutdown": "faults",
    "Stall": "faults",
    "StartError": "errors",
    "Step": "scenario",
    "ThreadedAPNs": "thread",
    "UsageError": "errors",
}

__all__ = [
    "AfterNotifications",
    "Audit",
    "Authority",
    "ClientCertificate",
    "Device",
    "Drop",
    "FakeAPNs",
    "FakeAPNsError",
    "Ledger",
    "Notification",
    "On",
    "Reject",
    "Settings",
    "Shutdown",
    "Stall",
    "StartError",
    "Step",
    "ThreadedAPNs",
    "UsageError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    from importlib import import_module

    return getattr(import_module(f".{home}", __name__), name)
