"""Which server a command is about: the one of a ready file, or the one that flags describe.

For a command that only connects it may also be the one that the APNS_ variables describe.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from os.path import abspath
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from ..certificates import PASSWORD, is_unusual
from ..errors import StartError, UsageError
from ..provider.endpoint import Address, Client, Trust, check_files
from ..provider.ready_file import ClientFiles, ReadyFile


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


def find_target(
    ready_file: Path | None,
    host: str,
    gateway_port: int,
    feedback_port: int,
    certs: Path,
    topic: str | None,
) -> tuple[Client, Trust]:
    """A client of the server, and what makes it trusted.

    Raises `StartError` where there is none, `UsageError` for its topics.
    """
    if ready_file is not None:
        return _read(ReadyFile.read(ready_file), topic)
    clients = {
        path.stem: ClientFiles(*(str(certs / f"{path.stem}{end}") for end in _SUFFIXES))
        for path in sorted(certs.glob("*.pem"))
        if (certs / f"{path.stem}.crt").exists() and not is_unusual(path.stem)
    }
    if not clients:
        raise StartError(
            f"there are no client certificates in {certs}: start `fakeapns serve` there, "
            "run `fakeapns certs`, or name the folder with --certs"
        )
    described = ReadyFile(
        pid=0,
        gateway=Address(host, gateway_port),
        feedback=Address(host, feedback_port),
        ca=str(certs / "ca.pem"),
        ca_bundle=str(certs / "ca-bundle.pem"),
        truststore=str(certs / "truststore.p12"),
        password=PASSWORD,
        clients=clients,
    )
    return _read(described, topic)


def find_client(topic: str | None, **named: Any) -> Client:
    """A client of the server that options, FAKEAPNS_ variables or else APNS_ variables name.

    Raises as `find_target` does, and `UsageError` for APNS_ variables that are not complete.
    """
    context = click.get_current_context()
    told = any(context.get_parameter_source(name) != ParameterSource.DEFAULT for name in named)
    if told or not (os.environ.get("APNS_GATEWAY_HOST") and os.environ.get("APNS_GATEWAY_PORT")):
        return find_target(topic=topic, **named)[0]
    client = Client.from_variables(os.environ)
    if topic is not None:
        found = client.for_topic(topic)
        if found is None:
            raise UsageError(
                f"there is no client certificate for {topic} beside {client.pem}: leave out "
                f"--topic, or start the server with --topic {topic}"
            )
        client = found
    client.check_files()
    return client


def _read(found: ReadyFile, topic: str | None) -> tuple[Client, Trust]:
    if not found.clients:
        raise StartError("the server has no client certificates: start it again")
    topic = topic or next(iter(found.clients))
    if topic not in found.clients:
        known = ", ".join(sorted(found.clients))
        raise UsageError(
            f"the server has no client certificate for {topic}: use one of {known}, "
            f"or start it with --topic {topic}"
        )
    files = found.clients[topic]
    client = Client(
        found.gateway,
        found.feedback,
        abspath(found.ca),
        abspath(files.certificate),
        abspath(files.key),
        abspath(files.pem),
        abspath(files.pkcs12),
        topic,
    )
    trust = Trust(client.ca, abspath(found.ca_bundle), abspath(found.truststore), found.password)
    client.check_files()
    check_files(trust.ca_bundle)
    return client, trust


_SUFFIXES = (".crt", ".key", ".pem", ".p12")
