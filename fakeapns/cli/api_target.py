"""Which provider API pushes go to, and who sends: by options, a ready file or APNS_ variables."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec
from click.core import ParameterSource

from ..errors import UsageError
from ..provider import (
    Address,
    ApiAddress,
    Client,
    Endpoint,
    check_files,
    names_a_server,
    read_ready_file,
)
from ..provider.api import GivenKey, Tokens, api_in_variables
from .target import at_other_addresses, in_variables, no_certificates

#: The options that say which server is meant.
_SERVER = ("ready_file", "host", "certs", "api_url", "api_port")


class Access(msgspec.Struct, frozen=True):
    """A server, and who sends: whoever has `tokens`, or else the `client` with its certificate.

    `ca` is trusted, `topic` is that of pushes which name none.
    """

    origin: ApiAddress
    ca: str | None
    tokens: Tokens | None
    client: Client | None
    topic: str | None


class _Source(msgspec.Struct, frozen=True):
    """What one place tells: `client` gives that of a topic, by default of the usual one.

    `folder` is where certificates were looked for, if that is all there was to look at.
    """

    origin: ApiAddress
    ca: str | None
    key: GivenKey
    client: Callable[[str | None], Client] | None
    topic: str | None
    folder: Path | None = None


def find_api(topic: str | None, auth: str | None, given: GivenKey, **server: Any) -> Access:
    """What the options say, or else the variables. Raises `UsageError` and `StartError`."""
    source = _source(given, **server)
    key = None if auth == "certificate" else source.key.key()
    if key is not None:
        tokens, client = key.tokens(), None
    elif auth == "key" or given != GivenKey():
        raise UsageError("there is no such key: name its .p8 file with --p8, or set APNS_AUTH_KEY")
    elif source.folder is not None and source.client is None and source.origin.scheme == "https":
        raise no_certificates(source.folder)
    elif source.client is None or source.origin.scheme == "http":
        raise UsageError(
            "nothing says who sends: name a .p8 file with --p8, or a server with TLS and its "
            "certificate folder with --certs"
        )
    else:
        tokens, client = None, source.client(topic)
        client.check_files()
    if source.origin.scheme == "http":
        return Access(source.origin, None, tokens, None, topic or source.topic)
    if source.ca is None:
        raise UsageError("APNS_CA is not set: set it to the server's CA, or name a --ready-file")
    check_files(source.ca)
    usual = source.topic if client is None else client.topic
    return Access(source.origin, source.ca, tokens, client, topic or usual)


def _source(
    given: GivenKey,
    ready_file: Path | None,
    host: str,
    certs: Path,
    api_url: str | None,
    api_port: int,
) -> _Source:
    of_context = click.get_current_context().get_parameter_source
    origin, variables_key = api_in_variables(os.environ)
    told = any(of_context(name) != ParameterSource.DEFAULT for name in _SERVER)
    if origin is not None and not told:
        client = in_variables if names_a_server(os.environ) else None
        ca, topic = (os.environ.get(name) or None for name in ("APNS_CA", "APNS_TOPIC"))
        return _Source(origin, ca, given.completed([variables_key]), client, topic)
    if ready_file is not None:
        found = at_other_addresses(read_ready_file(ready_file), host, {"api": api_port})
    else:
        address = Address(host, api_port)
        found = Endpoint.in_folder(certs, address, address, ApiAddress.of(address))
    origin = found.api if api_url is None else ApiAddress.at(api_url)
    keys = [GivenKey(each.p8, each.key_id, each.team_id) for each in found.keys]
    key = given.completed([*keys, variables_key])
    client = found.client if found.clients else None
    folder = certs if ready_file is None else None
    return _Source(origin, found.ca, key, client, next(iter(found.clients), None), folder)
