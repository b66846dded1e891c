"""`fakeapns send --service api`, called from tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from fakeapns.cli import main
from fakeapns.provider import Address, ApiAddress, Endpoint, write_ready_file

from .api_server import ApiServer

TOPIC, OTHER = "com.example.app", "com.example.other"
KEY_ID, TEAM_ID = "KEY4567890", "TEAM567890"
Variables = dict[str, str | Path]


def call(*arguments: str | Path, **variables: str | Path) -> Result:
    """What the command says, in an environment in which nothing else is said of a server."""
    unset = dict.fromkeys(
        (
            *("FAKEAPNS_READY_FILE", "FAKEAPNS_API_PORT", "FAKEAPNS_CERTS", "APNS_WORK"),
            *("APNS_API_URL", "APNS_API_HOST", "APNS_API_PORT", "APNS_GATEWAY_HOST", "APNS_CA"),
            *("APNS_AUTH_KEY", "APNS_KEY_ID", "APNS_TEAM_ID", "APNS_TOPIC"),
        )
    )
    given = {name: str(value) for name, value in variables.items()}
    arguments = ("send", "--service", "api", *arguments)
    return CliRunner().invoke(main, list(map(str, arguments)), env={**unset, **given})


def by_key(server: ApiServer, p8: Path, certs: Path, *arguments: str | Path) -> Result:
    """Send with a key, all of it said by options."""
    key = ("--p8", p8, "--team-id", TEAM_ID)
    return call("--api-url", server.url, "--certs", certs, *key, *arguments)


def fails(result: Result, code: int) -> str:
    """The one sentence with which the command gives up."""
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return result.stderr.splitlines()[-1]


def ready(path: Path, certs: Path, **api: Any) -> Path:
    """A ready file with what it says of the API."""
    nowhere = Address("127.0.0.1", 1)
    found = Endpoint.in_folder(certs, nowhere, nowhere, ApiAddress.of(nowhere))
    write_ready_file(path, found)
    path.write_text(json.dumps({**json.loads(path.read_text()), **api}))
    return path
