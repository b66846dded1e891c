"""`fakeapns certs`: mint certificates and keys without a server, usual and unusual ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
from click.core import ParameterSource

from ..certificates import (
    Authority,
    CertificateFolder,
    Kind,
    ProviderKey,
    ProviderKeys,
    Scope,
    Validity,
    new_facts,
    open_folder,
)
from ..errors import StartError, UsageError
from .saying import say

_TOPIC = "com.example.app"


@click.command()
@click.option(
    "--certs",
    type=click.Path(path_type=Path),
    default=Path("certs"),
    show_default=True,
    help="The folder; what is in it is reused while valid.",
)
@click.option(
    "--topic",
    multiple=True,
    help=f"Repeatable; {_TOPIC} by default, and every one for a key.",
)
@click.option(
    "--scope",
    type=click.Choice(get_args(Scope)),
    default="both",
    show_default=True,
    help="The environment that the client certificate, or the key, is good for.",
)
@click.option("--kind", type=click.Choice(get_args(Kind)), default="app", show_default=True)
@click.option("--validity", type=click.Choice(get_args(Validity)), default="valid")
@click.option(
    "--foreign", is_flag=True, help="From a CA that the server does not trust; a key it never saw."
)
@click.option("--key", is_flag=True, help="Mint a key that signs tokens instead, a .p8 file.")
@click.option("--revoked", is_flag=True, help="A key that has been revoked.")
def certs(
    certs: Path,
    topic: tuple[str, ...],
    scope: Scope,
    kind: Kind,
    validity: Validity,
    foreign: bool,
    key: bool,
    revoked: bool,
) -> None:
    """Mint certificates into a folder and print which file is which.

    Certificates that a server should refuse get names of their own, such as
    `com.example.app--expired.pem`. With --key it is a key that signs tokens, with its id and that
    of its team; a server that runs on the folder knows it from then on.
    """
    if key:
        _refuse("kind", "validity", why="of certificates, and --key mints none")
        facts = new_facts(topic or None, scope, None, not foreign, revoked)
        lines = list(_of_key(ProviderKeys(open_folder(certs, ())).mint(facts)))
    else:
        _refuse("revoked", why="of keys: add --key")
        topics = topic or (_TOPIC,)
        folder = open_folder(certs, topics)
        lines = list(_of_folder(folder))
        issuer = _foreign_folder(certs) if foreign else folder
        for each in topics:
            client = issuer.client(each, scope=scope, kind=kind, validity=validity)
            lines.append(("certificate", client.certificate_file))
            lines.append(("key", client.key_file))
            lines.append(("pem", client.pem_file))
            lines.append(("pkcs12", client.pkcs12_file))
    say("\n".join(f"{name:<11} {value}" for name, value in lines))


def _refuse(*names: str, why: str) -> None:
    """Raise `UsageError` for an option that makes no sense here."""
    source = click.get_current_context().get_parameter_source
    for name in names:
        if source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(f"--{name} is {why}")


def _of_key(key: ProviderKey) -> Iterator[tuple[str, str]]:
    yield "p8", str(key.p8_file)
    yield "key-id", key.key_id
    yield "team-id", key.team_id


def _of_folder(folder: CertificateFolder) -> Iterator[tuple[str, str]]:
    yield "ca", folder.ca_file
    yield "ca-bundle", folder.bundle_file
    yield "truststore", folder.truststore_file
    yield from _of_key(ProviderKeys(folder).usual)


def _foreign_folder(certs: Path) -> CertificateFolder:
    directory = certs / "foreign"
    try:
        directory.mkdir(exist_ok=True)
    except OSError as wrong:
        raise StartError(f"cannot make {directory}: {wrong.strerror}; move it away") from None
    return CertificateFolder(Authority(), directory)
