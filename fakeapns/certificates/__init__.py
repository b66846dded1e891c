"""Certificates: a CA of our own, Apple-shaped client certificates, files and contexts."""

from .apple import Identity, Kind, Scope, read_identity
from .authority import PASSWORD, Authority, BadServer, Credentials, Validity, default_authority
from .contexts import client_context, server_context
from .files import CertificateFolder, ClientCertificate, check_topic, is_unusual
from .folder import open_folder

__all__ = [
    "PASSWORD",
    "Authority",
    "BadServer",
    "CertificateFolder",
    "ClientCertificate",
    "Credentials",
    "Identity",
    "Kind",
    "Scope",
    "Validity",
    "check_topic",
    "client_context",
    "default_authority",
    "is_unusual",
    "open_folder",
    "read_identity",
    "server_context",
]
