"""A phone of a server in a thread, what it is sent, and an app on it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fakeapns import FakeAPNs, Notification, ThreadedAPNs, ThreadedDevice

from ..frames import TOPIC, framed
from .callers import send

OTHER = "com.example.other"
SILENT = {"content-available": 1}


@contextmanager
def at_hand(**settings: Any) -> Iterator[tuple[ThreadedAPNs, ThreadedDevice]]:
    """A server, and a phone that is online, with the app in the background."""
    with FakeAPNs(topics=[TOPIC, OTHER], **settings).in_thread() as apns:
        yield apns, apns.devices.add(TOPIC)


def notice(to: ThreadedDevice | bytes, aps: dict[str, Any] | str) -> bytes:
    """A frame with an alert, or with this in its aps."""
    token = to if isinstance(to, bytes) else to.token_bytes
    return framed(
        1, token, json.dumps({"aps": {"alert": aps} if isinstance(aps, str) else aps}).encode()
    )


def notify(apns: ThreadedAPNs, to: ThreadedDevice | bytes, *notices: dict[str, Any] | str) -> None:
    """Send these, and leave."""
    send(apns, b"".join(notice(to, each) for each in notices), topic=TOPIC)


@contextmanager
def waiting_for(app: App) -> Iterator[tuple[ThreadedAPNs, ThreadedDevice]]:
    """The same with this app, for which something silent waits: the phone is offline."""
    with at_hand() as (apns, phone):
        phone.on_wake(app)
        phone.go_offline()
        notify(apns, phone, SILENT)
        apns.settle()
        yield apns, phone


class App:
    """An app that notes what it was woken for."""

    def __init__(self) -> None:
        self.woken: list[tuple[int, Any]] = []
        self.threads: set[int] = set()

    def __call__(self, phone: Any, push: Notification) -> None:
        self.woken.append((phone.number, push.payload["aps"]))
        self.threads.add(threading.get_ident())
