"""Certificates: a CA of our own, Apple-shaped client certificates, files and contexts."""

from .authority import PASSWORD, Authority, BadServer, Credentials, Validity, default_authority
from .contexts import client_context, server_context
from .files import CertificateFolder, ClientCertificate, check_topic
from .folder import open_folder

__all__ = [
    "PASSWORD",
    "Authority",
    "BadServer",
    "CertificateFolder",
    "ClientCertificate",
    "Credentials",
    "Validity",
    "check_topic",
    "client_context",
    "default_authority",
    "open_folder",
    "server_context",
]
