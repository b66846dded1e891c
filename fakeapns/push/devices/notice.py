"""When Apple notices that a token is good no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .installation import Installation
from .registration import Registration
from .surroundings import Surroundings


def noticed(
    gone: Registration, apps: Callable[[], Sequence[Installation]], around: Surroundings
) -> float | None:
    """When that was, at the latest with a send now, in epoch seconds; None if it was not yet.

    `apps` gives those that are or were on its phone.
    """
    since = gone.since
    if since is None or gone.is_expired:
        # For how long a token is good Apple knows by itself.
        return since
    late = around.notice_after
    if late and since + late > around.wall():
        return None
    if around.feedback_last_app and not _is_connected(gone, apps(), around):
        return None
    return since + late


def _is_connected(gone: Registration, apps: Sequence[Installation], around: Surroundings) -> bool:
    """Whether its phone has any app left of the same environment."""
    # Without one it drops its connection, by which it would have said what is gone (TN2265).
    usual = around.environment
    environment = gone.environment or usual
    return any(each.since is None and (each.environment or usual) == environment for each in apps)
