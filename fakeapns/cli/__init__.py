"""The command line: one module for each command."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

import click

from .._version import __version__
from ..errors import FakeAPNsError
from ..text import readable
from .audit import audit
from .certs import certs
from .chaos import chaos
from .demo import demo
from .env import env
from .outlet import last_words
from .ready import ready
from .saying import say
from .scenarios import check, scenarios, schema
from .send import send
from .sentences import sentence
from .serve import serve
from .stopping import Stop, heeding


class _Commands(click.Group):
    """Turns what people did wrong into one sentence and an exit code."""

    def make_context(self, *given: Any, **named: Any) -> click.Context:
        with _readable_mistakes():
            return super().make_context(*given, **named)

    def invoke(self, context: click.Context) -> Any:
        if isinstance(sys.stdout, io.TextIOWrapper):
            # What a terminal of another alphabet cannot show, it gets in ours.
            sys.stdout.reconfigure(errors="backslashreplace")
        stop = context.ensure_object(Stop)
        with heeding(stop):
            return self._invoke(context, stop)

    def _invoke(self, context: click.Context, stop: Stop) -> Any:
        try:
            with _readable_mistakes():
                return super().invoke(context)
        except FakeAPNsError as wrong:
            if stop.told:
                last_words(sentence(wrong), sys.stderr)
            else:
                say(sentence(wrong), err=True)
            context.exit(wrong.exit_code)
        except OSError as wrong:
            if wrong.errno != errno.ENOSPC:
                raise
            say(f"Error: cannot write the output: {wrong.strerror}", err=True)
            # What is left in the buffer would be an error of its own at the end.
            os._exit(1)
        except KeyboardInterrupt:
            stop.noticed()
            last_words("Error: interrupted", sys.stderr)
            context.exit(1)


@contextlib.contextmanager
def _readable_mistakes() -> Iterator[None]:
    """What was typed, or found by a shell's pattern, is in what click says of it."""
    try:
        yield
    except click.ClickException as wrong:
        vars(wrong).update(message=readable(wrong.message))
        raise


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="fakeapns")
@click.pass_context
def main(context: click.Context) -> None:
    """Apple's push service, on your own machine: the provider API (HTTP/2) of today, and the
    binary gateway with feedback.

    Exit codes: 0 fine, 1 failure, 2 usage, 3 scenario invalid, 4 expectation not met.
    """
    # Left to itself, click takes this for a mistake or not depending on its version.
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def run() -> NoReturn:
    """The program: the command line in a process of its own."""
    stop = Stop()
    stop.heed()
    try:
        sys.exit(main(prog_name="fakeapns", obj=stop))
    finally:
        stop.leave()


for command in (serve, send, chaos, demo, audit, certs, env, ready, check, scenarios, schema):
    main.add_command(command)
