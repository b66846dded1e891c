"""The provider API without I/O: who may send, what is asked, and what is answered."""

from .credentials import KnownKey
from .keyring import Keyring

__all__ = ["Keyring", "KnownKey"]
