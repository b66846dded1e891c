"""The options of `fakeapns send` that are about one of the two services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

from ..errors import UsageError

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
            click.option(
                "--api-port",
                type=click.IntRange(1, 65_535),
                default=2197,
                envvar="FAKEAPNS_API_PORT",
                show_envvar=True,
                show_default=True,
            ),
            click.option("--api-url", metavar="URL", help="Of the API; http:// is the plain port."),
            click.option(
                "--auth",
                type=click.Choice(["key", "certificate"]),
                help="Who sends, at the API. [default: the key, if there is one]",
            ),
            click.option("--p8", metavar="FILE", help="A key, which makes tokens for the API."),
            click.option("--key-id", help="Its id; else the one in AuthKey_<id>.p8."),
            click.option("--team-id", help="Its team."),
            click.option("--push-type", help="[default: alert or background, as the payload is]"),
            click.option("--collapse-id"),
        )
    ):
        command = add(command)
    return command
