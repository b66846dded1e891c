"""Where text leaves for a terminal."""

from __future__ import annotations

import click

from ..text import readable


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print lines of text without anything in them that a terminal would obey."""
    click.echo(readable(text), err=err, nl=nl)
