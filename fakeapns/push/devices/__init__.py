"""Devices: tokens that Apple knows, the apps behind them, and what reaches a screen."""

from ...scenario import AppState
from .changes import change_device
from .feedback import Removal
from .given import whole_token
from .installation import RUN_TIME, Installation
from .landing import Fate, Landing, Parcel, Shown
from .live import ActivityState, LiveActivity
from .moments import Time, moment_of
from .phone import Phone
from .reading import said_by
from .registration import Environment, Registration, State
from .registry import Devices
from .roll import Changed, Reading, Roll
from .screen import Card, Screen

__all__ = [
    "RUN_TIME",
    "ActivityState",
    "AppState",
    "Card",
    "Changed",
    "Devices",
    "Environment",
    "Fate",
    "Installation",
    "Landing",
    "LiveActivity",
    "Parcel",
    "Phone",
    "Reading",
    "Registration",
    "Removal",
    "Roll",
    "Screen",
    "Shown",
    "State",
    "Time",
    "change_device",
    "moment_of",
    "said_by",
    "whole_token",
]
