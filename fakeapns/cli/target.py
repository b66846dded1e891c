"""Which server a command is about: the one of a ready file, or the one that flags describe.

For a command that only connects it may also be the one that the APNS_ variables describe.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec
from click.core import ParameterSource

from ..errors import StartError, UsageError
from ..provider import (
    API_PORT,
    Address,
    ApiAddress,
    Client,
    Endpoint,
    ProxyAddress,
    check_files,
    client_from,
    names_a_server,
    read_ready_file,
)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `find_target` wants, in the order of the help."""
    for add in reversed(
        (
            click.option(
                "--ready-file",
                type=click.Path(path_type=Path),
                envvar="FAKEAPNS_READY_FILE",
                show_envvar=True,
                help="Of a running server; then none of the next four is needed.",
            ),
            click.option("--host", default="127.0.0.1", show_default=True),
            click.option(
                "--gateway-port",
                type=click.IntRange(1, 65_535),
                default=2195,
                envvar="FAKEAPNS_GATEWAY_PORT",
                show_envvar=True,
                show_default=True,
            ),
            click.option(
                "--feedback-port",
                type=click.IntRange(1, 65_535),
                default=2196,
                envvar="FAKEAPNS_FEEDBACK_PORT",
                show_envvar=True,
                show_default=True,
            ),
            click.option(
                "--certs",
                type=click.Path(path_type=Path),
                default=Path("certs"),
                envvar="FAKEAPNS_CERTS",
                show_envvar=True,
                show_default=True,
                help="The server's certificate folder.",
            ),
            click.option("--topic", help="One of the server's topics, by default its first."),
        )
    ):
        command = add(command)
    return command


def api_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option that says where the provider API is, for commands that have to know."""
    port = click.option(
        "--api-port",
        type=click.IntRange(1, 65_535),
        default=API_PORT,
        envvar="FAKEAPNS_API_PORT",
        show_envvar=True,
        show_default=True,
    )
    return port(command)


def proxy_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option that says where the proxy is, for commands that tell of it."""
    port = click.option(
        "--proxy-port",
        type=click.IntRange(1, 65_535),
        envvar="FAKEAPNS_PROXY_PORT",
        show_envvar=True,
        help="Of the proxy, if the server has one.",
    )
    return port(command)


def find_target(topic: str | None, **named: Any) -> tuple[Endpoint, Client]:
    """The server that these options describe, and the client of it.

    Raises `StartError` where there is none, `UsageError` for its topics.
    """
    endpoint = _described(**named)
    client = endpoint.client(topic)
    client.check_files()
    check_files(endpoint.ca_bundle)
    return endpoint, client


def find_client(topic: str | None, **named: Any) -> Client:
    """A client of the server that options, FAKEAPNS_ variables or else APNS_ variables name.

    Raises as `find_target` does, and `UsageError` for APNS_ variables that are not complete.
    """
    context = click.get_current_context()
    told = any(context.get_parameter_source(name) != ParameterSource.DEFAULT for name in named)
    if told or not names_a_server(os.environ):
        return find_target(topic, **named)[1]
    client = in_variables(topic)
    client.check_files()
    return client


def in_variables(topic: str | None) -> Client:
    """The client that the APNS_ variables describe, or that of another topic beside it. Raises
    `UsageError` where that is missing, or a variable is.
    """
    client = client_from(os.environ)
    found = client if topic is None else client.for_topic(topic)
    if found is None:
        raise UsageError(
            f"there is no client certificate for {topic} beside {client.files.pem}: leave "
            f"out --topic, or start the server with --topic {topic}"
        )
    return found


def at_other_addresses(found: Endpoint, host: str, ports: dict[str, int]) -> Endpoint:
    """The server of a ready file, but at the host and the ports, by names of fronts, that stand on
    the command line: who writes one there means it.
    """

    def is_written(option: str) -> bool:
        source = click.get_current_context().get_parameter_source(option)
        return source == ParameterSource.COMMANDLINE

    for name, port in ports.items():
        there, port_is_written = getattr(found, name), is_written(f"{name}_port")
        if there is None and not port_is_written:
            continue
        meant = Address(
            host if there is None or is_written("host") else there.host,
            port if there is None or port_is_written else there.port,
        )
        address: Address | ApiAddress | ProxyAddress
        match there:
            case ApiAddress():
                address = ApiAddress.of(meant, tls=there.scheme == "https")
            case Address():
                address = meant
            case _:
                address = ProxyAddress.of(meant)
        found = msgspec.structs.replace(found, **{name: address})
    return found


def _described(
    ready_file: Path | None,
    host: str,
    gateway_port: int,
    feedback_port: int,
    certs: Path,
    api_port: int = API_PORT,
    proxy_port: int | None = None,
) -> Endpoint:
    if ready_file is not None:
        found = read_ready_file(ready_file)
        ports: dict[str, Any] = {
            **{"gateway": gateway_port, "feedback": feedback_port},
            **{"api": api_port, "proxy": proxy_port},
        }
        return at_other_addresses(found, host, ports)
    gateway, feedback = Address(host, gateway_port), Address(host, feedback_port)
    api = ApiAddress.of(Address(host, api_port))
    proxy = None if proxy_port is None else ProxyAddress.of(Address(host, proxy_port))
    found = Endpoint.in_folder(certs, gateway, feedback, api, proxy=proxy)
    if not found.clients:
        raise no_certificates(certs)
    return found


def no_certificates(certs: Path) -> StartError:
    """What to do about a folder that no server has been started in: mostly it is another one."""
    return StartError(
        f"there are no client certificates in {certs}: start `fakeapns serve` there, "
        "run `fakeapns certs`, or name the folder with --certs"
    )
