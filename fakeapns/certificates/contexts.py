"""The two sides of TLS as `ssl` contexts."""

from __future__ import annotations

import contextlib
import ssl
import warnings
from pathlib import Path

from ..errors import UsageError
from ..inputs import read_input
from ..scenario import Settings, TLSTerms
from ..scenario.faults import BadServer
from .authority import Authority, Credentials
from .suites import choose_suites

_VERSIONS = {"1.0": "TLSv1", "1.1": "TLSv1_1", "1.2": "TLSv1_2", "1.3": "TLSv1_3"}


def read_client_ca(settings: Settings) -> str:
    """The files of `client_ca`, PEM: to be read once, since a pipe gives all of it to the first
    who reads. Raises `UsageError` where one cannot be read.
    """
    return "\n".join(map(_read_pem, settings.client_ca))


def _read_pem(path: str) -> str:
    try:
        data = read_input(Path(path))
    except OSError:
        data = b""
    except ValueError as wrong:
        raise UsageError(f"setting client_ca: {path} cannot be read: {wrong}") from None
    # What stands between the certificates may be in any language.
    text = data.decode("ascii", "ignore")
    # CPython has a `ValueError` for a text of no characters.
    with contextlib.suppress(ValueError, ssl.SSLError):
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(cadata=text)
        return text
    raise UsageError(
        f"setting client_ca: {path} cannot be read as PEM certificates; check the path"
    )


def server_context(
    authority: Authority,
    settings: Settings,
    terms: TLSTerms | None = None,
    bad: BadServer | None = None,
    client_ca: str | None = None,
) -> ssl.SSLContext:
    """The server's side on these terms, with a `bad` certificate if asked for.

    Without `terms` it is the gateway's. `client_ca` is what `read_client_ca` has read; without it
    that is done now, and may raise `UsageError`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    terms = terms or TLSTerms.of("gateway", settings)
    _set_versions(context, terms)
    if terms.alpn is not None:
        # Who offers others only is told in its own words what it has come to: where nothing is
        # agreed upon, CPython has OpenSSL go on without (RFC 7301 would have an alert).
        context.set_alpn_protocols([terms.alpn])
    # Tickets break two real clients under TLS 1.3, and a client that writes and leaves without
    # reading them makes the kernel reset the connection: 8 to 12 % of 200,000 frames were lost
    # (measured). The real service issued no session either (java-apns #349).
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
    context.num_tickets = 0
    server = authority.server if bad is None else authority.bad_server(bad)
    server.load_into(context)
    context.load_verify_locations(cadata=authority.ca_pem.decode("ascii"))
    further = read_client_ca(settings) if client_ca is None else client_ca
    if further:
        context.load_verify_locations(cadata=further)
    # So that a single certificate can be trusted without the CA that issued it.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.verify_mode = ssl.CERT_REQUIRED if terms.required else ssl.CERT_OPTIONAL
    return context


def client_context(authority: Authority, credentials: Credentials | None) -> ssl.SSLContext:
    """A provider's side that trusts the CA and presents `credentials`, if any.

    It checks the server's name, which is one of Apple's or a local one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.ca_pem.decode("ascii"))
    if credentials is not None:
        credentials.load_into(context)
    return context


def _set_versions(context: ssl.SSLContext, terms: TLSTerms) -> None:
    choose_suites(context, terms)
    # CPython warns of what is older. Only then: filters of warnings are those of all threads.
    silence = warnings.catch_warnings(action="ignore", category=DeprecationWarning)
    with contextlib.nullcontext() if terms.minimum >= "1.2" else silence:
        context.minimum_version = ssl.TLSVersion[_VERSIONS[terms.minimum]]
        context.maximum_version = ssl.TLSVersion[_VERSIONS[terms.maximum]]
