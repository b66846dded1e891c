"""What a push is, whom it reaches and what becomes of it. No wire, no I/O, no clock."""

from .channel_ids import is_channel_id, odd_channel_id
from .channels import Channel, Channels, StoragePolicy
from .content import content_warnings
from .devices import (
    ActivityState,
    AppState,
    Card,
    Changed,
    Devices,
    Environment,
    Fate,
    Installation,
    Landing,
    LiveActivity,
    Parcel,
    Phone,
    Reading,
    Registration,
    Removal,
    Roll,
    Shown,
    State,
    Time,
    change_device,
    moment_of,
    said_by,
    whole_token,
)
from .envelope import envelope_warnings, no_envelope_warnings
from .glance import all_look_fine, looks_fine
from .judge import Judge, Verdict
from .matching import Occasion
from .mishaps import Mishaps
from .payload import contains, parse_payload
from .push import Push, Readable
from .refusal import Flaw, Refusal
from .repeated import repeated_keys
from .rules import MAX_TOPIC, Rules, unusable_topic
from .text_tokens import TokenText, relation, token_text
from .token import Token, parse_token, short_token
from .triggers import Chosen, Placed, Triggers

__all__ = [
    "MAX_TOPIC",
    "ActivityState",
    "AppState",
    "Card",
    "Changed",
    "Channel",
    "Channels",
    "Chosen",
    "Devices",
    "Environment",
    "Fate",
    "Flaw",
    "Installation",
    "Judge",
    "Landing",
    "LiveActivity",
    "Mishaps",
    "Occasion",
    "Parcel",
    "Phone",
    "Placed",
    "Push",
    "Readable",
    "Reading",
    "Refusal",
    "Registration",
    "Removal",
    "Roll",
    "Rules",
    "Shown",
    "State",
    "StoragePolicy",
    "Time",
    "Token",
    "TokenText",
    "Triggers",
    "Verdict",
    "all_look_fine",
    "change_device",
    "contains",
    "content_warnings",
    "envelope_warnings",
    "is_channel_id",
    "looks_fine",
    "moment_of",
    "no_envelope_warnings",
    "odd_channel_id",
    "parse_payload",
    "parse_token",
    "relation",
    "repeated_keys",
    "said_by",
    "short_token",
    "token_text",
    "unusable_topic",
    "whole_token",
]
