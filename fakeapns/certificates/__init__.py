"""Certificates: a CA of our own, Apple-shaped client certificates, files and contexts."""

from .apple import Identity, Kind, Scope, read_identity
from .authority import (
    HOSTS,
    PASSWORD,
    Authority,
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
from .key_folder import ProviderKeys, read_keys
from .keys import TEAM, KeyFacts, ProviderKey, new_facts
from .names import BUNDLE, CA, P8, TRUSTSTORE, check_topic, client_names, topics_in
from .suites import no_shared_suite
from .temporary import temporary_folder
from .verification import PRESENT, explain_unreadable, explain_verification

__all__ = [
    "BUNDLE",
    "CA",
    "HOSTS",
    "P8",
    "PASSWORD",
    "PRESENT",
    "TEAM",
    "TRUSTSTORE",
    "Authority",
    "CertificateFolder",
    "ClientCertificate",
    "Credentials",
    "Identity",
    "KeyFacts",
    "Kind",
    "ProviderKey",
    "ProviderKeys",
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
    "new_facts",
    "no_shared_suite",
    "open_folder",
    "read_client_ca",
    "read_identity",
    "read_keys",
    "remove_dead_folders",
    "server_context",
    "sign_token",
    "temporary_folder",
    "topics_in",
]
