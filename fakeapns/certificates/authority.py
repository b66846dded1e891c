"""A certificate authority of our own, and what it issues to server and providers.

trustme makes the CA and the server's certificate. Client certificates need a UID and
Apple's extensions, for which trustme has no hook, so `cryptography` builds them. All keys
are RSA, since old clients know nothing else. Nothing is written to disk unless asked for.
"""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Literal, get_args

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from ..errors import UsageError, unknown_name
from ..protocol import APPLE_HOSTS
from ..scenario.faults import BadServer
from .apple import DER_NULL, PRODUCTION, SANDBOX, TOPICS, UID, Kind, Scope, as_issued, encode_topics
from .descriptors import as_path

Validity = Literal["valid", "expired", "not-yet-valid"]
#: What can be wrong with a server's certificate.

#: Apple platforms refuse server certificates that are valid for longer than 825 days, and
#: those of public CAs for longer than 397; stay below both.
SERVER_DAYS = 397
#: As Apple's (TN2265).
CLIENT_DAYS = 365
#: Of everything in PKCS12.
PASSWORD = "fakeapns"
#: Long enough for a server certificate to have ended since.
YEARS_AGO = timedelta(days=2 * SERVER_DAYS)

#: With Apple's names, so that clients whose host cannot be changed (rpush, Signal-Server) may come
#: by a hosts file, a network alias or a proxy, and still find the name that they asked for.
HOSTS = ("localhost", "127.0.0.1", "::1", *APPLE_HOSTS)


class Credentials:
    """A certificate and its key, as PEM, the key not encrypted."""

    def __init__(self, certificate_pem: bytes, key_pem: bytes) -> None:
        self.certificate_pem = certificate_pem
        self.key_pem = key_pem
        self._pkcs12: bytes | None = None

    @property
    def pem(self) -> bytes:
        """Certificate and key in one, as many old clients want them."""
        return self.certificate_pem + self.key_pem

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The certificate as an object."""
        return x509.load_pem_x509_certificate(self.certificate_pem)

    @property
    def names(self) -> frozenset[str]:
        """Names and addresses that the certificate is for, as RFC 6125 looks for them."""
        try:
            found = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            return frozenset()
        addresses = found.value.get_values_for_type(x509.IPAddress)
        return frozenset((*found.value.get_values_for_type(x509.DNSName), *map(str, addresses)))

    def pkcs12(self, ca_pem: bytes) -> bytes:
        """Certificate, key and CA as PKCS12 under `PASSWORD`. Made once."""
        if self._pkcs12 is None:
            key = serialization.load_pem_private_key(self.key_pem, None)
            assert isinstance(key, rsa.RSAPrivateKey)
            ca = [x509.load_pem_x509_certificate(ca_pem)]
            self._pkcs12 = pkcs12.serialize_key_and_certificates(
                b"fakeapns", key, self.certificate, ca, _old_encryption()
            )
        return self._pkcs12

    def load_into(self, context: ssl.SSLContext) -> None:
        """Present this certificate. CPython can only load it by path, so it gets one of a pipe."""
        with as_path(self.certificate_pem) as certificate, as_path(self.key_pem) as key:
            context.load_cert_chain(certificate, key)


def _old_encryption() -> serialization.KeySerializationEncryption:
    """Encryption that clients of the binary service's days can read."""
    return (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(10_000)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())
        .build(PASSWORD.encode())
    )


def _new_ca(unit: str = "fakeapns test authority") -> trustme.CA:
    return trustme.CA(
        # Old clients look for Apple's name in the issuer (PushSharp's `ApnsConfiguration.cs`).
        organization_name="fakeapns (not Apple Inc.)",
        organization_unit_name=unit,
        key_type=trustme.KeyType.RSA,
    )


def _former_ca() -> trustme.CA:
    """One that signs for another, as those do that a CA change leaves behind: its certificates come
    with a whole chain, whose root nobody here trusts.
    """
    return _new_ca("fakeapns former authority").create_child_ca(key_type=trustme.KeyType.RSA)


def _issue_server(ca: trustme.CA, hosts: tuple[str, ...], since: datetime) -> Credentials:
    leaf = ca.issue_cert(
        *hosts,
        common_name="gateway.push.apple.com",
        organization_name="fakeapns",
        not_before=since - timedelta(days=1),
        not_after=since + timedelta(days=SERVER_DAYS - 2),
        key_type=trustme.KeyType.RSA,
    )
    chain = b"".join(each.bytes() for each in leaf.cert_chain_pems)
    return Credentials(chain, leaf.private_key_pem.bytes())


class Authority:
    """A CA with the certificates it has issued. Without arguments, a new one in memory.

    Issued certificates are kept, so asking twice gives the same one. Safe to share between
    threads and servers.
    """

    def __init__(self, ca: trustme.CA | None = None) -> None:
        self._ca = ca or _new_ca()
        self._bad_servers: dict[BadServer, Credentials] = {}
        self._server: Credentials | None = None
        self._clients: dict[tuple[object, ...], Credentials] = {}
        self._lock = threading.RLock()

    @property
    def ca_pem(self) -> bytes:
        """The CA's certificate, for clients to trust."""
        return self._ca.cert_pem.bytes()

    @property
    def ca_key_pem(self) -> bytes:
        """The CA's private key. Keep it to yourself."""
        return self._ca.private_key_pem.bytes()

    @property
    def server(self) -> Credentials:
        """What the server presents: local names and Apple's."""
        with self._lock:
            if self._server is None:
                self._server = _issue_server(self._ca, HOSTS, datetime.now(UTC))
            return self._server

    def bad_server(self, how: BadServer) -> Credentials:
        """A server certificate that a careful client refuses."""
        with self._lock:
            if how not in self._bad_servers:
                now = datetime.now(UTC)
                self._bad_servers[how] = {
                    "expired": lambda: _issue_server(self._ca, HOSTS, now - YEARS_AGO),
                    "untrusted": lambda: _issue_server(_new_ca(), HOSTS, now),
                    "old-chain": lambda: _issue_server(_former_ca(), HOSTS, now),
                    "wrong-host": lambda: _issue_server(self._ca, ("wrong.example.com",), now),
                }[how]()
            return self._bad_servers[how]

    def client(
        self,
        topic: str,
        *,
        scope: Scope = "both",
        kind: Kind = "app",
        validity: Validity = "valid",
        further_topics: tuple[tuple[str, str], ...] = (),
    ) -> Credentials:
        """A client certificate as Apple issues them for `topic`.

        `scope` is the environment it is good for, `both` for a universal one. `kind` decides
        the common name, and is that of device management for its topics; kinds that Apple issues
        for one environment only take that one. `further_topics` are pairs such as
        `("com.example.app.voip", "voip")`, listed beside the topic in the extension of universal
        certificates. Raises `UsageError` for an unknown scope, kind or validity.
        """
        for what, given, of_type in (
            ("scope", scope, Scope),
            ("kind of client certificate", kind, Kind),
            ("validity", validity, Validity),
        ):
            if given not in get_args(of_type):
                raise UsageError(unknown_name(what, given, get_args(of_type)))
        with self._lock:
            key = (topic, scope, kind, validity, further_topics)
            if key not in self._clients:
                self._clients[key] = self._issue(topic, scope, kind, validity, further_topics)
            return self._clients[key]

    @cached_property
    def java_truststore(self) -> bytes:
        """The CA as a PKCS12 trust store for Java under `PASSWORD`."""
        ca = x509.load_pem_x509_certificate(self.ca_pem)
        entry = pkcs12.PKCS12Certificate(ca, b"fakeapns")
        return pkcs12.serialize_java_truststore([entry], _old_encryption())

    def adopt_server(self, credentials: Credentials) -> None:
        """Present a certificate that was issued earlier."""
        with self._lock:
            self._server = credentials

    def adopt_client(self, topic: str, credentials: Credentials) -> None:
        """Use a certificate that was issued earlier as the ordinary one for `topic`."""
        with self._lock:
            self._clients[topic, "both", "app", "valid", ()] = credentials

    def _issue(
        self,
        topic: str,
        scope: Scope,
        kind: Kind,
        validity: Validity,
        further_topics: tuple[tuple[str, str], ...],
    ) -> Credentials:
        kind, scope, name = as_issued(topic, kind, scope)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        builder = self._builder(topic, name, key, validity)
        for oid, environment in ((SANDBOX, "sandbox"), (PRODUCTION, "production")):
            if scope in ("both", environment):
                extension = x509.UnrecognizedExtension(oid, DER_NULL)
                builder = builder.add_extension(extension, critical=False)
        if scope == "both":
            pairs = ((topic, kind if kind == "voip" else "app"), *further_topics)
            listed = x509.UnrecognizedExtension(TOPICS, encode_topics(pairs))
            builder = builder.add_extension(listed, critical=False)
        signing_key = serialization.load_pem_private_key(self.ca_key_pem, None)
        assert isinstance(signing_key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
        return Credentials(
            builder.sign(signing_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption(),
            ),
        )

    def _builder(
        self, topic: str, name: str, key: rsa.RSAPrivateKey, validity: Validity
    ) -> x509.CertificateBuilder:
        ca = x509.load_pem_x509_certificate(self.ca_pem)
        now = datetime.now(UTC)
        year, day = timedelta(days=CLIENT_DAYS), timedelta(days=1)
        begin, end = {
            "valid": (now - day, now + year - day),
            "expired": (now - year - day, now - day),
            "not-yet-valid": (now + day, now + year + day),
        }[validity]
        subject = x509.Name(
            [
                x509.NameAttribute(UID, topic),
                # Common names hold 64 characters at most; a longer topic still has its UID.
                x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64]),
                x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "FAKEAPNS00"),
                x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "US"),
            ]
        )
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        ski = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=False)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski),
                critical=False,
            )
        )


@lru_cache(maxsize=1)
def default_authority() -> Authority:
    """The authority of this process: minted when first needed, shared by all its servers."""
    # One RSA certificate takes 19 ms, and a server in a thread starts and stops in 2 (measured).
    return Authority()
