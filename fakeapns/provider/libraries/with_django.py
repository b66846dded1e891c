"""django-push-notifications: 1.4.1 speaks the binary protocol itself, 3.2 hands all to aioapns.

What lies between sends by apns2, which does not run on any Python that we run on.
"""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ...errors import UsageError
from ..endpoint import Client
from .undo import items, library
from .with_aioapns import led_here

PACKAGE = "push_notifications"
OVER_THE_GATEWAY = "django-push-notifications==1.4.1"
OVER_THE_API = "django-push-notifications[apns-async]>=3.2"

Settings = dict[str, Any]
Where = Callable[[str | None], Client]


@contextmanager
def django_push_notifications(
    where: Where, topic: str | None, settings: Mapping[str, Any]
) -> Iterator[Settings]:
    """Point django-push-notifications at a server. Yields the settings that it reads.

    Further `settings` win. Raises `UsageError` where the library is not installed, is of
    another generation, or Django's settings are not configured.
    """
    with _generation()(where, topic, settings) as found:
        yield found


def _generation() -> Callable[..., AbstractContextManager[Settings]]:
    """What points this version of it. Raises `UsageError` where it is none of the two."""
    library(PACKAGE, OVER_THE_API)
    if find_spec(f"{PACKAGE}.apns_async") is not None:
        return _over_the_api
    # Since 1.5 it looks its settings up there, and in 1.6 the binary protocol went.
    if find_spec(f"{PACKAGE}.conf") is None:
        return _over_the_gateway
    raise UsageError(
        "this django-push-notifications is neither 1.4.1 nor 3.2 or later: pip install "
        f"'{OVER_THE_API}' for the API, or {OVER_THE_GATEWAY} for the gateway"
    )


# ---- version 3 ------------------------------------------------------------------------------


@contextmanager
def _over_the_api(where: Where, topic: str | None, given: Mapping[str, Any]) -> Iterator[Settings]:
    # The library read Django's settings once, when it was imported, so it is the mapping
    # that it keeps which has to change: `override_settings` comes too late.
    found: Settings = library(PACKAGE, OVER_THE_API, "settings").PUSH_NOTIFICATIONS_SETTINGS
    library("aioapns", OVER_THE_API)
    as_given = {**found, **given}
    chosen = where(topic or as_given.get("APNS_TOPIC"))
    ours = {**_signs_in(as_given, "APNS_", chosen), "APNS_TOPIC": chosen.topic, **given}
    if "APPLICATIONS" in as_given:
        apps = as_given["APPLICATIONS"].items()
        ours["APPLICATIONS"] = {name: _application(app, where, topic) for name, app in apps}
    with items(found, ours), _its_manager_anew(), led_here(chosen):
        yield found


def _application(app: Settings, where: Where, topic: str | None) -> Settings:
    """One of several apps of a project; those of other services are as they were."""
    if app.get("PLATFORM") != "APNS":
        return app
    chosen = where(topic or app.get("TOPIC"))
    return {**app, **_signs_in(app, "", chosen), "TOPIC": chosen.topic}


def _signs_in(as_given: Mapping[str, Any], prefix: str, server: Client) -> Settings:
    """Our key where the project has one, and else our certificate: that is how it chooses."""
    names = [f"{prefix}AUTH_KEY_PATH", f"{prefix}AUTH_KEY_ID", f"{prefix}TEAM_ID"]
    key = server.key
    if key is None or any(name not in as_given for name in names):
        return {f"{prefix}CERTIFICATE": server.files.pem}
    return dict(zip(names, (key.p8, key.key_id, key.team_id), strict=True))


@contextmanager
def _its_manager_anew() -> Iterator[None]:
    """What it looks settings up in: made when it is first wanted, and it keeps some of them."""
    name = f"{PACKAGE}.conf"
    is_known = name in sys.modules
    # Not imported before the settings are ours: it looks whether their files exist.
    conf: Any = import_module(name)
    if not is_known:
        # Made with ours.
        conf.manager = None
    with items(conf, {"manager": None}):
        yield


# ---- version 1.4.1 --------------------------------------------------------------------------


@contextmanager
def _over_the_gateway(
    where: Where, topic: str | None, given: Mapping[str, Any]
) -> Iterator[Settings]:
    client: Any = library(PACKAGE, OVER_THE_GATEWAY, "apns")
    server = where(topic)
    ours = {
        "APNS_CERTIFICATE": server.files.pem,
        "APNS_CA_CERTIFICATES": server.ca,
        "APNS_HOST": server.gateway.host,
        "APNS_PORT": server.gateway.port,
        "APNS_FEEDBACK_HOST": server.feedback.host,
        "APNS_FEEDBACK_PORT": server.feedback.port,
        **given,
    }
    with items(client.SETTINGS, ours), items(client, {"ssl": _NegotiatedTLS()}):
        yield client.SETTINGS


class _NegotiatedTLS:
    """`ssl` for a library that insists on TLS 1.0, which today's OpenSSL refuses to speak."""

    def wrap_socket(
        self,
        sock: socket.socket,
        *,
        certfile: str,
        ca_certs: str | None = None,
        ssl_version: int | None = None,
    ) -> ssl.SSLSocket:
        """What `ssl.wrap_socket` did until Python 3.12, in the version that both sides speak."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # As the library has it: without `cert_reqs`, nothing was verified.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(certfile)
        if ca_certs is not None:
            context.load_verify_locations(ca_certs)
        return context.wrap_socket(sock)

    def __getattr__(self, name: str) -> Any:
        return getattr(ssl, name)
