"""Apple's push service (APNs), on your own machine: the provider API over HTTP/2, that of today,
and the binary gateway with its feedback service.

Real protocols, real TLS, failures on demand, everything recorded. Start with `FakeAPNs`; in
pytest, ask for the fixture `apns`; on the command line, `fakeapns --help`.

Inside it is a house of rooms, from the ground up. A room imports from those named before it, and
through their doors, which are their `__init__`:

- ground: `errors`, `text`, `files`, `inputs`, `outputs` and the version, which everybody may use
- `protocol`: bytes and values, a folder for each wire: frames, error packets, status codes
- `scenario`: what may go wrong, as written: faults, steps, settings, TOML files, their schema
- `push`: what a push is, whom it reaches and what becomes of it: device rules, payloads, steps
  while they are played, the verdict, and how long an answer takes. It knows no wire
- `ledger`: what happened, and what that proves: entries and their lines, files, criteria, audit
- `fronts`: each service without I/O: the gateway, feedback and the provider API, what they
  answer, how they wait and end
- `certificates`: who is who on TLS: the authority, Apple-shaped certificates, files, contexts
- `servers`: the only loop: sockets, handshakes, TLS records, and the pump that drives all fronts
- `provider`: the other side: a correct sender, and where a server is
- `fake`: the object that users hold, in trio and in a thread: waits, assertions, failure texts
- `inspector`: looking at a ledger: the timeline
- `chaos`: any command against stories, and the reports of that
- `cli`, `pytest_plugin`: the faces
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Type checkers take what `__all__` names from these, and nothing else.
if TYPE_CHECKING:
    from ._version import __version__
    from .certificates import *
    from .errors import *
    from .fake import *
    from .ledger import *
    from .ledger.audit import *
    from .push import *
    from .scenario import *
    from .scenario.faults import *

#: The same doors for Python, which looks for a name when it is used, in the cheap ones first:
#: a pytest run that has the plugin installed but does not use it must not pay for trio, ssl and
#: cryptography.
_DOORS = (
    "_version",
    "errors",
    "scenario.faults",
    "scenario",
    "push",
    "ledger",
    "ledger.audit",
    "certificates",
    "fake",
)

__all__ = [
    "AcceptThenClose",
    "Acknowledge",
    "Activity",
    "AfterNotifications",
    "Alert",
    "Audit",
    "Authority",
    "BadCertificate",
    "Blackhole",
    "ChangeDevice",
    "ChangeSettings",
    "Channel",
    "ChannelEntry",
    "ClientCertificate",
    "DeafPing",
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
    "FeedbackSplit",
    "FeedbackStale",
    "Garbage",
    "GoAway",
    "LateAnswer",
    "Ledger",
    "NoCredit",
    "NoSettings",
    "Notification",
    "On",
    "PartialAnswer",
    "ProviderKey",
    "PushEntry",
    "ReconnectBlock",
    "Refuse",
    "Reject",
    "ResetStream",
    "Scenario",
    "ScenarioError",
    "Settings",
    "Shutdown",
    "SlowHandshake",
    "Stall",
    "StartError",
    "Step",
    "ThreadedAPNs",
    "ThreadedDevice",
    "Throttle",
    "TrioDevice",
    "Unanswered",
    "UsageError",
    "Wedge",
    "__version__",
    "load_scenario",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for door in _DOORS if name in __all__ else ():
        module = import_module(f".{door}", __name__)
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
