"""`fakeapns serve`: the standalone server."""

from __future__ import annotations

import contextlib
import logging
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import click
import msgspec
import trio

from ..fake import LOOPBACK, FakeAPNs
from ..ledger import describe
from ..ledger_file import encode_line
from ..notification import Entry
from ..settings import parse_assignments
from ..surface import Surface
from .ready_file import ReadyFile

#: Entries kept in memory unless `--set max_entries` says otherwise.
MAX_ENTRIES = 1_000_000

log = logging.getLogger("fakeapns")

F = TypeVar("F", bound=Callable[..., Any])


def option(name: str, *names: str, **attributes: Any) -> Callable[[F], F]:
    """An option that can be given as an environment variable, too."""
    variable = "FAKEAPNS_" + name.removeprefix("--").upper().replace("-", "_")
    return click.option(
        name, *names, envvar=variable, show_envvar=True, show_default=True, **attributes
    )


PORT = click.IntRange(0, 65_535)


@click.command()
@option("--host", multiple=True, default=LOOPBACK, help="Where to listen; repeatable.")
@option("--gateway-port", type=PORT, default=2195, help="0 is any free port.")
@option("--feedback-port", type=PORT, default=2196, help="0 is any free port.")
@option(
    "--certs",
    type=click.Path(path_type=Path),
    default=Path("certs"),
    help="Certificates are minted here, and reused while valid.",
)
@option(
    "--topic",
    multiple=True,
    default=("com.example.app",),
    help="A client certificate for each; repeatable.",
)
@option("--seed", type=int, help="For settings that leave something to chance.")
@option("--tokens", type=click.Choice(["any", "registered"]), help="Which tokens are good.")
@option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Any setting; repeatable.")
@option("--ledger", type=click.Path(path_type=Path), help="Append the record here, as JSON Lines.")
@option(
    "--ready-file",
    type=click.Path(path_type=Path),
    help="Written once everything listens, removed at exit.",
)
@option("--quiet", is_flag=True, help="Log warnings only.")
@option("--log-format", type=click.Choice(["text", "json"]), default="text", help="On stderr.")
def serve(
    host: tuple[str, ...],
    gateway_port: int,
    feedback_port: int,
    certs: Path,
    topic: tuple[str, ...],
    seed: int | None,
    tokens: Literal["any", "registered"] | None,
    assignments: tuple[str, ...],
    ledger: Path | None,
    ready_file: Path | None,
    quiet: bool,
    log_format: str,
) -> None:
    """Run the gateway and the feedback service until SIGINT or SIGTERM.

    Prints `name value` lines, the last of which begins with `ready`. The log of what
    happens goes to stderr.
    """
    settings = {"max_entries": MAX_ENTRIES, **parse_assignments(assignments)}
    if tokens is not None:
        settings["tokens"] = tokens
    apns = FakeAPNs(
        hosts=host,
        gateway_port=gateway_port,
        feedback_port=feedback_port,
        certs=certs,
        topics=topic,
        seed=seed,
        ledger=ledger,
        **settings,
    )
    _start_log(quiet, log_format)
    _raise_file_limit()
    trio.run(_serve, apns, ready_file, ledger, quiet, log_format)


async def _serve(
    apns: FakeAPNs, ready_file: Path | None, ledger: Path | None, quiet: bool, log_format: str
) -> None:
    # Signals that come while certificates are minted count, too.
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with apns:
            if not quiet:
                apns.ledger.watch(_log_as_json if log_format == "json" else _log_as_text)
            with _announced(apns, ready_file):
                _print_block(apns, ledger)
                async for _ in signals:
                    break
    if apns.ledger.dropped:
        log.warning("%d old entries were dropped from memory: see max_entries", apns.ledger.dropped)


@contextlib.contextmanager
def _announced(apns: Surface, ready_file: Path | None) -> Iterator[None]:
    if ready_file is None:
        yield
        return
    ReadyFile.of(apns).write(ready_file)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            ready_file.unlink()


def _print_block(apns: Surface, ledger: Path | None) -> None:
    gateway = f"{apns.gateway.host}:{apns.gateway.port}"
    feedback = f"{apns.feedback.host}:{apns.feedback.port}"
    lines = [("gateway", gateway), ("feedback", feedback), ("ca", apns.folder.ca_file)]
    lines += [("ca-bundle", apns.folder.bundle_file), ("truststore", apns.folder.truststore_file)]
    for topic in apns.topics:
        lines.append(("client", f"{topic} {apns.client_certificate(topic).pem_file}"))
    if ledger is not None:
        lines.append(("ledger", str(ledger)))
    lines.append(("ready", f"gateway {gateway} feedback {feedback}"))
    click.echo("\n".join(f"{name:<10} {value}" for name, value in lines))
    sys.stdout.flush()


def _start_log(quiet: bool, log_format: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    if log_format == "json":
        handler.setFormatter(_JSONFormatter())
    log.addHandler(handler)
    log.setLevel(logging.WARNING if quiet else logging.INFO)


class _JSONFormatter(logging.Formatter):
    """Ledger lines as they are; other messages as an object of their own."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.levelno == logging.INFO:
            return text
        return msgspec.json.encode({"level": record.levelname.lower(), "message": text}).decode()


def _log_as_text(entry: Entry) -> None:
    log.info("%s", describe(entry))


def _log_as_json(entry: Entry) -> None:
    log.info("%s", encode_line(entry).decode().rstrip())


def _raise_file_limit() -> None:
    """Allow as many open sockets as the system lets this user have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
