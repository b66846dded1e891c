"""Certificates made to measure, wrong ones among them, and what a handshake with them comes to."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import trio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from trio.testing import memory_stream_pair
from trustme import Blob

from fakeapns.certificates import Authority, server_context
from fakeapns.scenario.faults import Service
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.tls_terms import TLSTerms
from fakeapns.servers.handshake import shake_hands
from fakeapns.servers.refusals import Door, Refused
from fakeapns.servers.tls import TLSStream

from ..frames import TOPIC
from .streams import insist_on

DAY = timedelta(days=1)
CLIENTS, SERVERS = (
    x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]),
    x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]),
)


@dataclass(frozen=True)
class Made:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )


def of(authority: Authority) -> Made:
    """An authority's own certificate."""
    key = serialization.load_pem_private_key(authority.ca_key_pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return Made(x509.load_pem_x509_certificate(authority.ca_pem), key)


def issued(authority: Authority) -> Made:
    """An ordinary client's certificate of an authority."""
    credentials = authority.client(TOPIC)
    key = serialization.load_pem_private_key(credentials.key_pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return Made(credentials.certificate, key)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def make(
    name: str,
    issuer: Made | None = None,
    *,
    ca: bool = False,
    path_length: int | None = None,
    begins: timedelta = -DAY,
    ends: timedelta = DAY,
    bits: int = 2048,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    signed_by: rsa.RSAPrivateKey | None = None,
) -> Made:
    """A certificate, from itself unless there is an issuer; `signed_by` forges that."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(issuer.certificate.subject if issuer else named(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca, path_length), critical=True)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    signer = signed_by or (issuer.key if issuer else key)
    return Made(builder.sign(signer, hashes.SHA256()), key)


def presenting(authority: Authority, version: str, *chain: Made) -> ssl.SSLContext:
    """A client that trusts the authority, speaks one version, as in "1.3", and shows a chain."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.ca_pem.decode())
    insist_on(context, f"TLSv{version}")
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    if chain:
        with Blob(chain[0].key_pem + b"".join(each.pem for each in chain)).tempfile() as path:
            context.load_cert_chain(path)
    return context


async def refusal(
    authority: Authority,
    client: ssl.SSLContext,
    settings: Settings,
    port: int | None = None,
    service: Service = "gateway",
) -> Refused:
    """Why a service does not let this client in."""
    theirs, ours = memory_stream_pair()
    terms = TLSTerms.of(service, settings)
    server = TLSStream(ours, server_context(authority, settings, terms))
    provider = TLSStream(theirs, client, server_hostname="localhost")
    found: list[Refused] = []

    async def serve() -> None:
        try:
            await shake_hands(server, Door(service, terms, settings, lambda _: port))
        except Refused as refused:
            found.append(refused)
        await ours.aclose()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        try:
            await provider.do_handshake()
            await provider.finish_handshake()
            await provider.receive_some()
        except (ssl.SSLError, trio.BrokenResourceError):
            pass
        await theirs.aclose()
    [refused] = found
    return refused
