"""What a push is, whom it reaches and what becomes of it. No wire, no I/O, no clock."""

from .devices import Device, Devices, Removal
from .judge import Judge, Verdict
from .payload import MAX_DEPTH, contains, parse_payload, parsed_warnings
from .push import Push, Readable
from .refusal import Refusal
from .rules import MAX_TOPIC, Rules
from .token import parse_token, short_token
from .triggers import Chosen, Occasion, Placed, Triggers

__all__ = [
    "MAX_DEPTH",
    "MAX_TOPIC",
    "Chosen",
    "Device",
    "Devices",
    "Judge",
    "Occasion",
    "Placed",
    "Push",
    "Readable",
    "Refusal",
    "Removal",
    "Rules",
    "Triggers",
    "Verdict",
    "contains",
    "parse_payload",
    "parse_token",
    "parsed_warnings",
    "short_token",
]
