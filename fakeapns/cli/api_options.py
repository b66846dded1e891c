"""The options of `fakeapns send` that are about one of the two services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

from ..errors import UsageError
from .target import api_option

#: Seconds for which the API may owe an answer.
PATIENCE = 20.0
#: What only makes sense for one of them, by the names of the parameters.
_OF_ONE = {
    "gateway": ("gateway_port", "command", "confirm", "feedback"),
    "api": (
        *("api_port", "api_url", "auth", "p8", "key_id", "team_id"),
        *("push_type", "collapse_id"),
    ),
}


def check_service(service: str) -> None:
    """Raise `UsageError` for an option that was typed and is about the other service."""
    source = click.get_current_context().get_parameter_source
    [(other, names)] = [(each, names) for each, names in _OF_ONE.items() if each != service]
    for name in names:
        if source(name) == ParameterSource.COMMANDLINE:
            option = "--" + name.replace("_", "-")
            raise UsageError(f"{option} is for the {other}: leave it out, or say --service {other}")


def api_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that are for the API alone, in the order of the help."""
    for add in reversed(
        (
            api_option,
            click.option("--api-url", metavar="URL", help="Of the API; http:// is the plain port."),
            click.option(
                "--auth",
                type=click.Choice(["key", "certificate"]),
                help="Who sends, at the API. [default: the key, if there is one]",
            ),
            click.option("--p8", metavar="FILE", help="A key. [default: the server's, if known]"),
            click.option("--key-id", help="Its id; or of another key of the server's."),
            click.option("--team-id", help="Its team."),
            click.option("--push-type", help="[default: alert or background, as the payload is]"),
            click.option("--collapse-id"),
        )
    ):
        command = add(command)
    return command
