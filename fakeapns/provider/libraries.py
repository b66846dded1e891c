"""Pointing other people's clients at a running server, and back when the block ends.

Imported when the first helper is called. On entering each asks where the server is and changes
only what it names, and puts back exactly what was there, whatever happens in between; they can be
nested.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar
from unittest import mock

from ..errors import UsageError
from .endpoint import Client

V = TypeVar("V")

PUSHJACK = "pushjack==1.6.0"
DJANGO_PUSH_NOTIFICATIONS = "django-push-notifications==1.4.1"


@contextmanager
def environment_set(variables: Callable[[], Mapping[str, str]]) -> Iterator[None]:
    """These variables in this process, and in those that it starts."""
    with _items(os.environ, variables()):
        yield


@contextmanager
def pushjack(where: Callable[[], Client], arguments: Mapping[str, Any]) -> Iterator[Any]:
    """Point pushjack at a server. Yields an `APNSClient` made with these arguments.

    Raises `UsageError` where pushjack is not installed or cannot run.
    """
    library = _library("pushjack", PUSHJACK)
    if not hasattr(ssl, "wrap_socket"):
        raise UsageError(
            "pushjack cannot connect on Python 3.12 and later, which have no ssl.wrap_socket: "
            "run these tests on Python 3.11"
        )
    server = where()
    addresses = {
        "host": server.gateway.host,
        "port": server.gateway.port,
        "feedback_host": server.feedback.host,
        "feedback_port": server.feedback.port,
    }
    given = {"certificate": server.files.pem, **arguments}
    with ExitStack() as undo:
        for each in _family(library.APNSClient):
            # A subclass has the addresses that differ, and inherits the others.
            for name in addresses.keys() & vars(each).keys():
                undo.enter_context(mock.patch.object(each, name, addresses[name]))
        client = library.APNSClient(**given)
        # Its own, so that a block inside this one does not lead it elsewhere.
        for name, value in addresses.items():
            setattr(client, name, value)
        undo.callback(client.close)
        yield client


@contextmanager
def django_push_notifications(
    where: Callable[[], Client], settings: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Point django-push-notifications at a server. Yields the settings that it reads.

    Further `settings` win. Raises `UsageError` where the library is not installed, is of
    another generation, or Django's settings are not configured.
    """
    client = _library("push_notifications", DJANGO_PUSH_NOTIFICATIONS, "apns")
    if not hasattr(client, "_apns_create_socket_to_push"):
        raise UsageError(
            "this django-push-notifications does not speak the binary protocol in the way of "
            f"1.4.1: pip install {DJANGO_PUSH_NOTIFICATIONS}"
        )
    server = where()
    given = {
        "APNS_CERTIFICATE": server.files.pem,
        "APNS_CA_CERTIFICATES": server.ca,
        "APNS_HOST": server.gateway.host,
        "APNS_PORT": server.gateway.port,
        "APNS_FEEDBACK_HOST": server.feedback.host,
        "APNS_FEEDBACK_PORT": server.feedback.port,
        **settings,
    }
    # The library read Django's settings once, when it was imported, so it is the mapping
    # that it keeps which has to change: `override_settings` comes too late.
    with _items(client.SETTINGS, given), mock.patch.object(client, "ssl", _NegotiatedTLS()):
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


def _library(package: str, requirement: str, module: str | None = None) -> ModuleType:
    """A module of somebody's library. Raises `UsageError` where it cannot be had."""
    try:
        return import_module(f"{package}.{module}" if module else package)
    except ModuleNotFoundError as missing:
        name = str(missing.name).partition(".")[0]
        wanted = requirement if name == package else name
        raise UsageError(f"{wanted} is not installed here: pip install {wanted}") from None
    except Exception as wrong:
        # Django's own way of saying that it was not set up; Django may not be there to name it.
        if type(wrong).__name__ != "ImproperlyConfigured":
            raise
        raise UsageError(
            "Django's settings are not configured: set DJANGO_SETTINGS_MODULE and call "
            "django.setup() first, or run this test by manage.py or pytest-django"
        ) from None


def _family(base: type[Any]) -> Iterator[type[Any]]:
    yield base
    for each in base.__subclasses__():
        yield from _family(each)


@contextmanager
def _items(mapping: MutableMapping[str, V], values: Mapping[str, V]) -> Iterator[None]:
    """These values in a mapping; what else changes in it meanwhile is left alone."""
    before = {name: mapping[name] for name in values if name in mapping}
    mapping.update(values)
    try:
        yield
    finally:
        for name in values:
            if name in before:
                mapping[name] = before[name]
            else:
                mapping.pop(name, None)
