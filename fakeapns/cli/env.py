"""`fakeapns env`: what to export so that a client finds the server and trusts it."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import click

from .target import Target, find_target, target_options

Exports = dict[str, str]


def _replaced_bundle(target: Target) -> Exports:
    # The variable replaces the default list, so the file has the system's roots as well.
    return {"SSL_CERT_FILE": str(target.ca_bundle)}


def _node(target: Target) -> Exports:
    # Adds to the built-in list; read once, when the process starts.
    return {"NODE_EXTRA_CA_CERTS": str(target.ca)}


def _ruby(target: Target) -> Exports:
    return {
        **_replaced_bundle(target),
        # houston reads these two.
        "APN_GATEWAY_URI": f"apn://{target.gateway.host}:{target.gateway.port}",
        "APN_FEEDBACK_URI": f"apn://{target.feedback.host}:{target.feedback.port}",
    }


def _java(target: Target) -> Exports:
    options = (
        # The JVM splits the variable at spaces, unless they are in quotes of its own.
        f'-Djavax.net.ssl.trustStore="{target.truststore}"',
        f"-Djavax.net.ssl.trustStorePassword={target.password}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    )
    return {"JAVA_TOOL_OPTIONS": " ".join(options)}


def _curl(target: Target) -> Exports:
    return {"CURL_CA_BUNDLE": str(target.ca_bundle)}


def _any(target: Target) -> Exports:
    return {**_replaced_bundle(target), **_node(target)}


RUNTIMES: dict[str, Callable[[Target], Exports]] = {
    "python": _replaced_bundle,
    "node": _node,
    "go": _replaced_bundle,
    "ruby": _ruby,
    "java": _java,
    "php": _replaced_bundle,
    "curl": _curl,
}


def exports(target: Target, runtime: str | None = None) -> Exports:
    """The variables for a client in this runtime, or for whichever one."""
    return {
        "APNS_GATEWAY_HOST": target.gateway.host,
        "APNS_GATEWAY_PORT": str(target.gateway.port),
        "APNS_FEEDBACK_HOST": target.feedback.host,
        "APNS_FEEDBACK_PORT": str(target.feedback.port),
        "APNS_CA": str(target.ca),
        "APNS_CERT": str(target.certificate),
        "APNS_KEY": str(target.key),
        "APNS_PEM": str(target.pem),
        "APNS_PKCS12": str(target.pkcs12),
        "APNS_TOPIC": target.topic,
        **(RUNTIMES[runtime] if runtime else _any)(target),
    }


@click.command()
@target_options
@click.option(
    "--for", "runtime", type=click.Choice(list(RUNTIMES)), help="What the client runs on."
)
def env(runtime: str | None, **target: Any) -> None:
    """Print what to export so that a client connects to the server and trusts its CA.

    Use it as `eval "$(fakeapns env --for python)"`. The APNS_ variables are for your own
    program to read; the others are what its runtime reads by itself.
    """
    for name, value in exports(find_target(**target), runtime).items():
        click.echo(f"export {name}={shlex.quote(value)}")
