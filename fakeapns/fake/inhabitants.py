"""Who is there from the start, as a scenario has it."""

from __future__ import annotations

from ..push import Channels, Devices, Installation, moment_of
from ..scenario import DeviceEntry, Scenario, in_full

#: The topic of a server that is not told any.
DEFAULT_TOPIC = "com.example.app"


def add_devices(scenario: Scenario, devices: Devices) -> None:
    """Add the devices of a scenario."""
    for entry in scenario.device:
        made = devices.add(
            entry.topic,
            entry.full_token,
            entry.state,
            since=entry.since,
            listed=entry.listed,
            environment=entry.environment,
        )
        made.app = entry.app
        made.permission, made.background_refresh = entry.permission, entry.background_refresh
        phone = made.phone
        phone.online, phone.asleep = entry.online, entry.asleep
        phone.low_power, phone.unlocked = entry.low_power, entry.unlocked
        registration = made.registration
        if entry.registered is not None:
            registration.registered = moment_of(entry.registered, devices.now())
        if entry.live_tokens:
            _begin_live(made, entry)


def _begin_live(made: Installation, entry: DeviceEntry) -> None:
    """Give it the tokens of its Live Activities: the one that starts some, or else one of them."""
    live = made.live
    live.to_come.extend(map(in_full, entry.live_tokens))
    if entry.start_token is None:
        live.begin("Activity", {}, {})
    else:
        _ = live.start_token


def follow_channels(scenario: Scenario, devices: Devices) -> None:
    """Let the devices of a scenario follow the channels that they do."""
    for entry in scenario.device:
        for channel in entry.follows:
            registration = devices.find(entry.full_token)[entry.topic]
            devices.installation(registration).live.channels.begin(channel)


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
