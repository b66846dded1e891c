"""Clients of aioapns as applications make them, and a look at what a helper may change."""

from __future__ import annotations

from typing import Any

from fakeapns import ThreadedAPNs

TOKEN = "1b" * 32


def request(alert: str = "Hello") -> Any:
    """A push to the phone."""
    from aioapns import NotificationRequest

    return NotificationRequest(TOKEN, {"aps": {"alert": alert}})


def own_client(apns: ThreadedAPNs, **arguments: Any) -> Any:
    """A client as an application makes it, in an event loop."""
    from aioapns import APNs

    pem = apns.client_certificate().pem_file
    given: dict[str, Any] = {"client_cert": pem, "topic": "com.example.app"}
    return APNs(max_connection_attempts=1, **(given | arguments))


def all_there_is(connection: Any) -> list[dict[str, Any]]:
    """Every attribute of every class that the helper may change."""
    classes = [each for each in vars(connection).values() if isinstance(each, type)]
    return [dict(vars(each)) for each in classes]
