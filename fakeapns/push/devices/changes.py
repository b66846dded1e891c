"""What happens to a device, by name: the same whoever has it happen, a test or a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...errors import UsageError
from ...scenario import Change, why_senseless
from .installation import Installation
from .landing import Landing
from .moments import Time
from .registry import Devices

_Act = Callable[..., list[Landing]]


def change_device(
    devices: Devices, app: Installation, change: Change, **beside: Any
) -> list[Landing]:
    """Let this happen to a device: what that leads to, oldest first.

    `beside` is what it takes: the time `at` which an app is removed, and whether one in the
    foreground `presents` what comes. Raises `UsageError`, and changes nothing, for what makes no
    sense in the state that the device is in.
    """
    why = why_senseless(change, installed=app.since is None, online=app.phone.online)
    if why is not None:
        raise UsageError(f"{change} cannot happen to device {app.number}: {why}")
    return _ACTS[change](devices, app, **beside)


def _rotate_activity_token(_: Devices, app: Installation) -> list[Landing]:
    if not app.live.activities:
        raise UsageError(f"device {app.number} has no Live Activity that could get another token")
    return app.live.rotate(app.live.activities[-1])


def _phone(**state: bool) -> _Act:
    def act(devices: Devices, app: Installation) -> list[Landing]:
        for name, value in state.items():
            setattr(app.phone, name, value)
        return [landing for each in devices.apps_on(app.phone) for landing in each.look_again()]

    return act


_unlock = _phone(unlocked=True)


def _reboot(devices: Devices, app: Installation) -> list[Landing]:
    app.phone.unlocked = False
    for each in devices.apps_on(app.phone):
        each.reboot()
    return []


def _uninstall(_: Devices, app: Installation, at: Time | None = None) -> list[Landing]:
    return app.uninstall(at)


def _open(devices: Devices, app: Installation) -> list[Landing]:
    # Who can do that has unlocked the phone.
    return app.put("foreground") + _unlock(devices, app)


def _foreground(devices: Devices, app: Installation, presents: bool = False) -> list[Landing]:
    app.presents = presents
    return _open(devices, app)


def _read(devices: Devices, app: Installation) -> list[Landing]:
    app.screen.clear()
    return _open(devices, app)


def _permit(granted: bool) -> _Act:
    def act(_: Devices, app: Installation) -> list[Landing]:
        app.permission = granted
        return app.look_again()

    return act


def _refresh(on: bool) -> _Act:
    def act(_: Devices, app: Installation) -> list[Landing]:
        app.background_refresh = on
        return app.look_again()

    return act


_ACTS: Mapping[Change, _Act] = {
    "uninstall": _uninstall,
    "install": lambda _, app: app.install(),
    "reinstall": lambda devices, app: devices.reinstall(app) + _unlock(devices, app),
    "restore-from-backup": lambda devices, app: devices.restore(app),
    "rotate-token": lambda devices, app: devices.replace_token(app),
    "rotate-activity-token": _rotate_activity_token,
    "go-offline": _phone(online=False),
    "go-online": _phone(online=True),
    "sleep": _phone(asleep=True),
    "wake": _phone(asleep=False),
    "reboot": _reboot,
    "unlock": _unlock,
    "low-power-on": _phone(low_power=True),
    "low-power-off": _phone(low_power=False),
    "launch": _open,
    "foreground": _foreground,
    "background": lambda _, app: app.put("background"),
    "terminate": lambda _, app: app.put("not-running"),
    "force-quit": lambda _, app: app.put("force-quit"),
    "read": _read,
    "deny-permission": _permit(False),
    "grant-permission": _permit(True),
    "background-refresh-on": _refresh(True),
    "background-refresh-off": _refresh(False),
}
