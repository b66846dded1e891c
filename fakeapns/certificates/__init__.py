"""Certificates: a CA of our own, Apple-shaped client certificates, files and contexts."""

from .apple import Identity, Kind, Scope, read_identity
from .authority import (
    HOSTS,
    PASSWORD,
    Authority,
    BadServer,
    Credentials,
    Validity,
    default_authority,
)
from .contexts import client_context, read_client_ca, server_context
from .der import Unreadable
from .files import CertificateFolder, ClientCertificate
from .folder import open_folder
from .held import remove_dead_folders
from .jwt import load_p8, sign_token
from .names import BUNDLE, CA, TRUSTSTORE, check_topic, client_names, topics_in
from .suites import no_shared_suite
from .temporary import temporary_folder
from .verification import PRESENT, explain_unreadable, explain_verification

__all__ = [
    "BUNDLE",
    "CA",
    "HOSTS",
    "PASSWORD",
    "PRESENT",
    "TRUSTSTORE",
    "Authority",
    "BadServer",
    "CertificateFolder",
    "ClientCertificate",
    "Credentials",
    "Identity",
    "Kind",
    "Scope",
    "Unreadable",
    "Validity",
    "check_topic",
    "client_context",
    "client_names",
    "default_authority",
    "explain_unreadable",
    "explain_verification",
    "load_p8",
    "no_shared_suite",
    "open_folder",
    "read_client_ca",
    "read_identity",
    "remove_dead_folders",
    "server_context",
    "sign_token",
    "temporary_folder",
    "topics_in",
]
