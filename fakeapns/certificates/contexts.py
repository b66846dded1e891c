"""The two sides of TLS as `ssl` contexts."""

from __future__ import annotations

import contextlib
import ssl
import warnings

from ..errors import UsageError
from ..scenario import Settings
from .authority import Authority, BadServer, Credentials
from .suites import choose_suites

_VERSIONS = {"1.0": "TLSv1", "1.1": "TLSv1_1", "1.2": "TLSv1_2", "1.3": "TLSv1_3"}


def server_context(
    authority: Authority,
    settings: Settings,
    versions: tuple[str, str] | None = None,
    bad: BadServer | None = None,
) -> ssl.SSLContext:
    """The server's side of the binary ports, with a `bad` certificate if asked for.

    `versions` are the lowest and highest of TLS, as in "1.2": those of the settings unless
    given. Raises `UsageError` where a file of `client_ca` cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _set_versions(context, *(versions or (settings.tls_minimum, settings.tls_maximum)))
    # Tickets break two real clients under TLS 1.3, and a client that writes and leaves without
    # reading them makes the kernel reset the connection: 8 to 12 % of 200,000 frames were lost
    # (measured). The real service issued no session either (java-apns #349).
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
    context.num_tickets = 0
    server = authority.server if bad is None else authority.bad_server(bad)
    server.load_into(context)
    context.load_verify_locations(cadata=authority.ca_pem.decode("ascii"))
    for path in settings.client_ca:
        try:
            context.load_verify_locations(cafile=path)
        except (OSError, ssl.SSLError):
            raise UsageError(
                f"setting client_ca: {path} cannot be read as PEM certificates; check the path"
            ) from None
    # So that a single certificate can be trusted without the CA that issued it.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    required = settings.client_certificate == "required"
    context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
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


def _set_versions(context: ssl.SSLContext, minimum: str, maximum: str) -> None:
    choose_suites(context, minimum)
    # CPython warns of what is older. Only then: filters of warnings are those of all threads.
    silence = warnings.catch_warnings(action="ignore", category=DeprecationWarning)
    with contextlib.nullcontext() if minimum >= "1.2" else silence:
        context.minimum_version = ssl.TLSVersion[_VERSIONS[minimum]]
        context.maximum_version = ssl.TLSVersion[_VERSIONS[maximum]]
