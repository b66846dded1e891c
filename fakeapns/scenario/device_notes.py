"""What steps want of the devices of their file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from .changes import may_help, why_senseless
from .faults import ChangeDevice
from .inhabitants import DeviceEntry
from .steps import On, Step
from .tokens import in_full

_ADD = "add one, or see that a test does"


def about_devices(
    step: Step, steps: Sequence[Step], devices: Sequence[DeviceEntry]
) -> Iterator[str]:
    """What is said of a step, one of these, that is about devices, as clauses."""
    state = step.fault.needs
    if state is not None and not any(each.state == state for each in devices):
        yield f"needs something to list, and no device of this file is {state}: {_ADD}"
    if isinstance(step.fault, ChangeDevice):
        yield from _of_change(step.fault, step.on, steps, devices)


def _of_change(
    fault: ChangeDevice, on: On, steps: Sequence[Step], devices: Sequence[DeviceEntry]
) -> Iterator[str]:
    concerned = [each for each in devices if _may_be(fault, on, each)]
    if not concerned:
        which = "this file has none" if fault.device is None else f"none is {fault.device}"
        which = "no device of this file fits" if fault.device is None and devices else which
        yield f"changes a device, and {which}: {_ADD}"
        return
    reasons = [
        why_senseless(fault.do, installed=each.state == "active", online=each.online)
        for each in concerned
    ]
    others = (each.fault for each in steps if isinstance(each.fault, ChangeDevice))
    if all(reasons) and not any(may_help(fault.do, each.do) for each in others):
        yield f"never has an effect: {reasons[0]}"


def _may_be(fault: ChangeDevice, on: On, device: DeviceEntry) -> bool:
    """Whether it may be this device that is changed."""
    if fault.device is not None:
        return in_full(fault.device) == device.full_token
    token, topic = device.full_token.hex(), device.topic
    return (on.token is None or fnmatchcase(token, on.token.lower())) and (
        on.topic is None or fnmatchcase(topic, on.topic)
    )
