"""Who sends to the API, and what that one may: by a certificate, or by tokens."""

from .credentials import KnownKey
from .keyring import Keyring
from .sender import ByCertificate, ByToken, Sender, Signed, look

__all__ = ["ByCertificate", "ByToken", "Keyring", "KnownKey", "Sender", "Signed", "look"]
