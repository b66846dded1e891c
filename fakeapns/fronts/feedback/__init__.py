"""The feedback service: it hands out the list of removed apps, Apple's port 2196."""

from .connection import FeedbackConnection
from .front import feedback_front

__all__ = [
    "FeedbackConnection",
    "feedback_front",
]
