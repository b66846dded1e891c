"""`fakeapns certs`: mint certificates without starting a server, usual and unusual ones."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from ..certificates import Authority, CertificateFolder, Kind, Scope, Validity, open_folder
from ..errors import StartError
from .saying import say


@click.command()
@click.option(
    "--certs",
    type=click.Path(path_type=Path),
    default=Path("certs"),
    show_default=True,
    help="The folder; certificates in it are reused while valid.",
)
@click.option("--topic", multiple=True, default=("com.example.app",), show_default=True)
@click.option(
    "--scope",
    type=click.Choice(get_args(Scope)),
    default="both",
    show_default=True,
    help="The environment that the client certificate is good for.",
)
@click.option("--kind", type=click.Choice(get_args(Kind)), default="app", show_default=True)
@click.option("--validity", type=click.Choice(get_args(Validity)), default="valid")
@click.option("--foreign", is_flag=True, help="From a CA that the server does not trust.")
def certs(
    certs: Path, topic: tuple[str, ...], scope: Scope, kind: Kind, validity: Validity, foreign: bool
) -> None:
    """Mint certificates into a folder and print which file is which.

    Certificates that a server should refuse get names of their own, such as
    `com.example.app--expired.pem`.
    """
    folder = open_folder(certs, topic)
    lines = [("ca", folder.ca_file), ("ca-bundle", folder.bundle_file)]
    lines.append(("truststore", folder.truststore_file))
    issuer = folder
    if foreign:
        directory = certs / "foreign"
        try:
            directory.mkdir(exist_ok=True)
        except OSError as wrong:
            raise StartError(f"cannot make {directory}: {wrong.strerror}; move it away") from None
        issuer = CertificateFolder(Authority(), directory)
    for each in topic:
        client = issuer.client(each, scope=scope, kind=kind, validity=validity)
        lines.append(("certificate", client.certificate_file))
        lines.append(("key", client.key_file))
        lines.append(("pem", client.pem_file))
        lines.append(("pkcs12", client.pkcs12_file))
    say("\n".join(f"{name:<11} {value}" for name, value in lines))
