"""What may happen to a device, by name, and in which state that makes sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

#: Methods of a device in kebab case; what takes true or false is two, and one is of its latest
#: Live Activity.
Change = Literal[
    "uninstall",
    "install",
    "reinstall",
    "restore-from-backup",
    "rotate-token",
    "rotate-activity-token",
    "go-offline",
    "go-online",
    "sleep",
    "wake",
    "reboot",
    "unlock",
    "low-power-on",
    "low-power-off",
    "launch",
    "foreground",
    "background",
    "terminate",
    "force-quit",
    "read",
    "deny-permission",
    "grant-permission",
    "background-refresh-on",
    "background-refresh-off",
]
CHANGES: tuple[Change, ...] = get_args(Change)

#: What happens to a phone, and so to all the apps on it.
OF_PHONES: tuple[Change, ...] = (
    *("go-offline", "go-online", "sleep", "wake", "reboot", "unlock"),
    *("low-power-on", "low-power-off"),
)

#: What has to be so of a device.
Condition = Literal["installed", "removed", "online"]

# To do again what was done, as to send a phone to sleep that sleeps, is no mistake: tests do it to
# be sure. What is here would come to nothing, though whoever writes it counts on it.
_NEEDS: Mapping[Condition, tuple[Change, ...]] = {
    "installed": (
        *("uninstall", "rotate-token", "rotate-activity-token", "launch", "foreground"),
        *("background", "terminate", "force-quit", "read", "deny-permission", "grant-permission"),
        *("background-refresh-on", "background-refresh-off"),
    ),
    "removed": ("install",),
    "online": ("wake",),
}
_OTHERWISE: Mapping[Condition, str] = {
    "installed": "the app is gone from the device: install it first",
    "removed": "the app is there already: only one that was removed can be installed again",
    "online": "the phone is off, and nothing wakes it: let it go online first",
}
_BRINGS: Mapping[Condition, tuple[Change, ...]] = {
    "installed": ("install", "reinstall", "restore-from-backup"),
    "removed": ("uninstall",),
    "online": ("go-online",),
}


def why_senseless(change: Change, *, installed: bool, online: bool) -> str | None:
    """Why this cannot happen to such a device, and what to do first; None if it can."""
    holds = {"installed": installed, "removed": not installed, "online": online}
    for condition, changes in _NEEDS.items():
        if change in changes and not holds[condition]:
            return _OTHERWISE[condition]
    return None


def may_help(change: Change, former: Change) -> bool:
    """Whether this can happen once `former` has, whatever the device was before."""
    return any(
        change in changes and former in _BRINGS[condition] for condition, changes in _NEEDS.items()
    )
