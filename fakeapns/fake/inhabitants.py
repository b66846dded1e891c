"""Who is there from the start, as a scenario has it."""

from __future__ import annotations

from ..push import Channels, Devices, moment_of
from ..scenario import Scenario

#: The topic of a server that is not told any.
DEFAULT_TOPIC = "com.example.app"


def add_devices(scenario: Scenario, devices: Devices) -> None:
    """Add the devices of a scenario."""
    for entry in scenario.device:
        device = devices.add(
            entry.topic,
            entry.full_token,
            entry.state,
            since=entry.since,
            listed=entry.listed,
            environment=entry.environment,
        )
        device.push_type = entry.push_type
        if entry.registered is not None:
            device.registered = moment_of(entry.registered, devices.now())


def add_channels(scenario: Scenario, channels: Channels) -> None:
    """Add the channels of a scenario. Raises `UsageError` for one more than there may be."""
    # Those that are gone take no place from those that are there.
    for entry in sorted(scenario.channel, key=lambda each: not each.deleted):
        made = channels.add(entry.topic, entry.storage_policy, id=entry.id)
        if entry.deleted:
            made.delete()


def topics_of(scenario: Scenario) -> list[str]:
    """The topics that matter to a scenario, the usual one first."""
    topics = [each.topic for each in scenario.device] + [each.topic for each in scenario.channel]
    return list(dict.fromkeys([DEFAULT_TOPIC, *topics]))
