"""`fakeapns serve`: the standalone server."""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import click
import trio
from click.core import ParameterSource

from ..errors import UsageError
from ..fake import LOOPBACK, DeviceFile, FakeAPNs, Surface
from ..provider import API_PORT, write_ready_file
from ..scenario import load_scenario, parse_assignments
from ..servers import Preferred
from ..text import readable
from .log import log, logging_to_stderr
from .outlet import Outlet
from .rereading import Rereading
from .stopping import Stop
from .telling import Telling

try:
    import resource
except ImportError:
    # Windows has no such limits.
    resource = None  # type: ignore[assignment]

#: Entries kept in memory unless `--set max_entries` says otherwise.
MAX_ENTRIES = 1_000_000

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
@option(
    "--api-port",
    type=PORT,
    default=API_PORT,
    help="The provider API (HTTP/2). 0 is any free port, as it is where this is taken or one of "
    "the next two is 0.",
)
@option("--gateway-port", type=PORT, default=2195, help="The binary gateway. 0 is any free port.")
@option(
    "--feedback-port",
    type=PORT,
    default=2196,
    help="The feedback service. 0 is any free port.",
)
@option("--plain-api-port", type=PORT, help="The provider API without TLS as well.")
@option("--proxy-port", type=PORT, help="A CONNECT proxy that leads Apple's host names here.")
@option(
    "--certs",
    type=click.Path(path_type=Path),
    default=Path("certs"),
    help="Certificates are minted here, and reused while valid.",
)
@option(
    "--topic",
    multiple=True,
    help="A client certificate for each; repeatable. [default: com.example.app and the scenario's]",
)
@option(
    "--scenario", metavar="FILE-or-NAME", help="What goes wrong: a file, or one of the catalogue."
)
@option("--seed", type=int, help="Decides what is left to chance; overrides the scenario's.")
@option(
    "--devices",
    type=click.Path(path_type=Path),
    help="Devices that exist, as JSON Lines; read again on SIGHUP.",
)
@option("--tokens", type=click.Choice(["any", "registered"]), help="Which tokens are good.")
@option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Any setting; repeatable.")
@option("--ledger", type=click.Path(path_type=Path), help="Append the record here, as JSON Lines.")
@option(
    "--ready-file",
    type=click.Path(path_type=Path),
    help="Written once everything listens, removed at exit.",
)
@option("--quiet", is_flag=True, help="Log warnings only.")
@option("--verbose", is_flag=True, help="Log every notification, however fast they come.")
@option("--log-format", type=click.Choice(["text", "json"]), default="text", help="On stderr.")
def serve(
    host: tuple[str, ...],
    gateway_port: int,
    feedback_port: int,
    api_port: int,
    plain_api_port: int | None,
    proxy_port: int | None,
    certs: Path,
    topic: tuple[str, ...],
    scenario: str | None,
    seed: int | None,
    devices: Path | None,
    tokens: Literal["any", "registered"] | None,
    assignments: tuple[str, ...],
    ledger: Path | None,
    ready_file: Path | None,
    quiet: bool,
    verbose: bool,
    log_format: str,
) -> None:
    """Run the provider API, the gateway and feedback, until SIGINT, SIGTERM or SIGHUP.

    With --devices SIGHUP has that file read again instead.

    Prints `name value` lines, the last of which begins with `ready`. The log of what
    happens goes to stderr.
    """
    if quiet and verbose:
        quiet = _only_one("quiet", "verbose") == "quiet"
    as_json = log_format == "json"
    with _until_told() as stop:
        story = None if scenario is None else load_scenario(scenario, seed)
        settings = parse_assignments(assignments)
        if story is None or "max_entries" not in story.gateway:
            settings.setdefault("max_entries", MAX_ENTRIES)
        if tokens is not None:
            settings["tokens"] = tokens
        apns = FakeAPNs(
            hosts=host,
            gateway_port=gateway_port,
            feedback_port=feedback_port,
            api_port=_unless_given("api_port", api_port, gateway_port, feedback_port),
            plain_api_port=plain_api_port,
            proxy_port=proxy_port,
            certs=certs,
            scenario=story,
            topics=topic or None,
            seed=seed,
            ledger=ledger,
            **settings,
        )
        rereading = None if devices is None else Rereading(DeviceFile(apns, devices), stop)
        _raise_file_limit()
        with (
            logging_to_stderr(as_json=as_json) as writer,
            contextlib.closing(Outlet(sys.stdout, _not_printed)) as block,
        ):
            telling = None
            if not quiet:
                log.setLevel(logging.INFO)
                telling = Telling(writer.line, as_json=as_json, verbose=verbose)
            trio.run(_serve, apns, ready_file, ledger, telling, rereading, block, stop)


def _unless_given(name: str, port: int, *others: int) -> int:
    """The port that was given; else one that may be any, and is where one of the others is."""
    if click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT:
        return port
    return Preferred(port) if all(others) else 0


def _only_one(*names: str) -> str:
    """The one of these options that is a flag where the others are of the environment."""
    source = click.get_current_context().get_parameter_source
    flags = [name for name in names if source(name) is ParameterSource.COMMANDLINE]
    if len(flags) != 1:
        raise UsageError(f"{' and '.join(f'--{name}' for name in names)}: choose one of them")
    return flags[0]


@contextlib.contextmanager
def _until_told() -> Iterator[Stop]:
    """Being told to end is how a server ends, also before everything listens."""
    stop = click.get_current_context().ensure_object(Stop)
    # Shells have what runs in their background ignore it, and scripts send it all the same.
    stop.heed(signal.SIGINT)
    try:
        yield stop
    except KeyboardInterrupt:
        stop.noticed()


async def _serve(
    apns: FakeAPNs,
    ready_file: Path | None,
    ledger: Path | None,
    telling: Telling | None,
    rereading: Rereading | None,
    block: Outlet,
    stop: Stop,
) -> None:
    try:
        async with apns:
            if telling is not None:
                apns.ledger.follow(telling.news)
                trio.lowlevel.spawn_system_task(telling.keep_up)
            if rereading is not None:
                trio.lowlevel.spawn_system_task(rereading.keep_up)
            # From here on no signal breaks into anything, and the first one ends the sleep.
            with stop.cancelling(), _announced(apns, ready_file):
                block.put(_block(apns, ledger))
                await trio.sleep_forever()
            # Half of the time that 5,000 connections take to close (measured: 1.5 s of CPU, 0.8
            # without): each time it looks at all that are still there, and finds nothing.
            gc.disable()
    finally:
        gc.enable()
        if telling is not None:
            telling.flush()
    if apns.ledger.dropped:
        log.warning("%d old entries were dropped from memory: see max_entries", apns.ledger.dropped)


@contextlib.contextmanager
def _announced(apns: Surface, ready_file: Path | None) -> Iterator[None]:
    if ready_file is None:
        yield
        return
    write_ready_file(ready_file, apns.endpoint())
    ours = _which(ready_file)
    try:
        yield
    finally:
        # By now it may be another server's.
        with contextlib.suppress(OSError):
            if _which(ready_file) == ours:
                ready_file.unlink()


def _which(path: Path) -> tuple[int, ...] | None:
    """Which file this is, if any. To read it would take a descriptor, and none may be left."""
    with contextlib.suppress(OSError):
        found = path.lstat()
        return found.st_dev, found.st_ino, found.st_mtime_ns
    return None


def _block(apns: Surface, ledger: Path | None) -> str:
    gateway = f"{apns.gateway.host}:{apns.gateway.port}"
    feedback = f"{apns.feedback.host}:{apns.feedback.port}"
    api = f"{apns.api.host}:{apns.api.port}"
    lines = [("gateway", gateway), ("feedback", feedback), ("api", api)]
    ready = f"gateway {gateway} feedback {feedback} api {api}"
    endpoint = apns.endpoint()
    if (plain := endpoint.plain_api) is not None:
        lines.append(("plain-api", f"{plain.host}:{plain.port}"))
    if (proxy := endpoint.proxy) is not None:
        lines.append(("proxy", f"{proxy.host}:{proxy.port}"))
        ready += f" proxy {proxy.host}:{proxy.port}"
    lines.append(("ca", apns.folder.ca_file))
    lines += [("ca-bundle", apns.folder.bundle_file), ("truststore", apns.folder.truststore_file)]
    for topic in apns.topics:
        lines.append(("client", f"{topic} {apns.client_certificate(topic).pem_file}"))
    if ledger is not None:
        lines.append(("ledger", str(ledger)))
    lines.append(("ready", ready))
    return readable("".join(f"{name:<10} {value}\n" for name, value in lines))


def _not_printed(wrong: OSError) -> None:
    # Whoever reads the log may as well be gone, and sends all the same.
    log.warning("standard output takes nothing (%s): serving without it", wrong.strerror)


def _raise_file_limit() -> None:
    """Allow as many open sockets as the system lets this user have."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
