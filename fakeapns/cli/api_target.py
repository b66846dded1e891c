"""Which provider API pushes go to, and who sends: by options, a ready file or APNS_ variables."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec
from click.core import ParameterSource

from .. import provider
from ..errors import StartError, UsageError
from ..provider import Address, Client, Endpoint, check_files, names_a_server, read_ready_file
from ..provider.api import (
    ApiAddress,
    GivenKey,
    Tokens,
    api_in_ready_file,
    api_in_variables,
)
from .target import in_variables

#: The options that say which server is meant.
_SERVER = ("ready_file", "host", "certs", "api_url", "api_port")


class Access(msgspec.Struct, frozen=True):
    """A server, and who sends: whoever has `tokens`, or else the `client` with its certificate.

    `ca` is trusted, `topic` is that of pushes which name none.
    """

    address: ApiAddress
    ca: str | None
    tokens: Tokens | None
    client: Client | None
    topic: str | None


class _Source(msgspec.Struct, frozen=True):
    """What one place tells: `client` gives that of a topic, by default of the usual one."""

    address: ApiAddress
    ca: str | None
    key: GivenKey
    client: Callable[[str | None], Client] | None
    topic: str | None


def find_api(topic: str | None, auth: str | None, given: GivenKey, **server: Any) -> Access:
    """What the options say, or else the variables. Raises `UsageError` and `StartError`."""
    source = _source(given, **server)
    key = None if auth == "certificate" else source.key.key()
    if key is not None:
        tokens, client = key.tokens(), None
    elif auth == "key":
        raise UsageError("--auth key needs one: name its .p8 file with --p8, or set APNS_AUTH_KEY")
    elif source.client is None or source.address.scheme == "http":
        raise UsageError(
            "nothing says who sends: name a .p8 file with --p8, or a server with TLS and its "
            "certificate folder with --certs"
        )
    else:
        tokens, client = None, source.client(topic)
        client.check_files()
    if source.address.scheme == "http":
        return Access(source.address, None, tokens, None, topic or source.topic)
    if source.ca is None:
        raise UsageError("APNS_CA is not set: set it to the server's CA, or name a --ready-file")
    check_files(source.ca)
    usual = source.topic if client is None else client.topic
    return Access(source.address, source.ca, tokens, client, topic or usual)


def _source(
    given: GivenKey,
    ready_file: Path | None,
    host: str,
    certs: Path,
    api_url: str | None,
    api_port: int,
) -> _Source:
    of_context = click.get_current_context().get_parameter_source
    address, variables_key = api_in_variables(os.environ)
    told = any(of_context(name) != ParameterSource.DEFAULT for name in _SERVER)
    if address is not None and not told:
        return _in_variables(address, given.completed(variables_key))
    typed = None if api_url is None else ApiAddress.of(api_url)
    if ready_file is not None:
        return _in_ready_file(ready_file, given, typed)
    nowhere = Address(host, 0)
    found = Endpoint.in_folder(certs, nowhere, nowhere, provider.ApiAddress.of(nowhere))
    address = typed or ApiAddress(host, api_port)
    return _of(found, address, given.completed(variables_key))


def _in_variables(address: ApiAddress, key: GivenKey) -> _Source:
    client = in_variables if names_a_server(os.environ) else None
    ca, topic = (os.environ.get(name) or None for name in ("APNS_CA", "APNS_TOPIC"))
    return _Source(address, ca, key, client, topic)


def _in_ready_file(path: Path, given: GivenKey, typed: ApiAddress | None) -> _Source:
    found, part = read_ready_file(path), api_in_ready_file(path)
    address = typed or part.api
    if address is None:
        raise StartError(
            f"the server of {path} offers no provider API: start a newer fakeapns serve"
        )
    keys = [each for each in part.keys if given.key_id in (None, each.key_id)]
    return _of(found, address, given.completed(keys[0]) if keys else given)


def _of(endpoint: Endpoint, address: ApiAddress, key: GivenKey) -> _Source:
    client = endpoint.client if endpoint.clients else None
    return _Source(address, endpoint.ca, key, client, next(iter(endpoint.clients), None))
