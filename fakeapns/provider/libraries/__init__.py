"""Pointing other people's clients at a running server, and back when the block ends.

Imported when the first helper is called; each asks where the server is on entering, changes only
what it names, and puts back exactly what was there, whatever happens in between; they can be
nested.
"""

from .undo import environment_set
from .with_aioapns import EitherWay, aioapns
from .with_django import django_push_notifications
from .with_pushjack import pushjack

__all__ = ["EitherWay", "aioapns", "django_push_notifications", "environment_set", "pushjack"]
