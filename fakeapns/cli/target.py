"""Which server a command is about: the one of a ready file, or the one that flags describe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..certificates import PASSWORD
from ..certificates.files import is_unusual
from ..errors import StartError, UsageError
from ..surface import Address
from .ready_file import ClientFiles, ReadyFile


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


class Target:
    """A server and the client certificate to use with it."""

    def __init__(self, found: ReadyFile, topic: str | None) -> None:
        self.gateway = found.gateway
        self.feedback = found.feedback
        self.ca = Path(found.ca).absolute()
        self.ca_bundle = Path(found.ca_bundle).absolute()
        self.truststore = Path(found.truststore).absolute()
        self.password = found.password
        if not found.clients:
            raise StartError("the server has no client certificates: start it again")
        self.topic = topic or next(iter(found.clients))
        if self.topic not in found.clients:
            known = ", ".join(sorted(found.clients))
            raise UsageError(
                f"the server has no client certificate for {self.topic}: use one of {known}, "
                f"or start it with --topic {self.topic}"
            )
        files = found.clients[self.topic]
        self.certificate = Path(files.certificate).absolute()
        self.key = Path(files.key).absolute()
        self.pem = Path(files.pem).absolute()
        self.pkcs12 = Path(files.pkcs12).absolute()
        for path in (self.ca, self.ca_bundle, self.certificate, self.key, self.pem):
            if not path.is_file():
                raise StartError(
                    f"{path} is not there: call this where the server was started, or name "
                    "the folder with --certs"
                )


def find_target(
    ready_file: Path | None,
    host: str,
    gateway_port: int,
    feedback_port: int,
    certs: Path,
    topic: str | None,
) -> Target:
    """The server. Raises `StartError` where there is none, `UsageError` for its topics."""
    if ready_file is not None:
        return Target(ReadyFile.read(ready_file), topic)
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
    return Target(described, topic)


_SUFFIXES = (".crt", ".key", ".pem", ".p12")
