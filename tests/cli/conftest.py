"""What senders of the API have in hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fakeapns.certificates import CertificateFolder, default_authority

from .api_calls import KEY_ID, OTHER, TOPIC


@pytest.fixture
def p8(tmp_path: Path) -> Path:
    """A key, as Apple's page names its file."""
    path = tmp_path / f"AuthKey_{KEY_ID}.p8"
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@pytest.fixture(scope="module")
def api_certs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate folder with two topics."""
    path = tmp_path_factory.mktemp("certs")
    folder = CertificateFolder(default_authority(), path)
    folder.write_all()
    for topic in (TOPIC, OTHER):
        folder.client(topic).write_all()
    return path
