"""PKCS12 stores as they are found in a folder."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from .authority import PASSWORD


def holds(certificates_pem: tuple[bytes, ...], store: bytes) -> bool:
    """Whether a store under our password holds these certificates, its own one first, and no other.

    Its content is asked, not how old it is: a copy of a folder has files of any age.
    """
    try:
        found = pkcs12.load_pkcs12(store, PASSWORD.encode())
    except (ValueError, TypeError):
        return False
    held = [] if found.cert is None else [found.cert]
    held += found.additional_certs
    wanted = [x509.load_pem_x509_certificate(each) for each in certificates_pem]
    return [each.certificate for each in held] == wanted
