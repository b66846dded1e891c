"""Live Activities: what starts, updates and ends them, by their tokens and by channels."""

from .activities import LiveActivities
from .activity import ActivityState, LiveActivity, LiveToken

__all__ = ["ActivityState", "LiveActivities", "LiveActivity", "LiveToken"]
