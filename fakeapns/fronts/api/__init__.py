"""Apple's provider API: pushes over HTTP/2."""

from .connection import ApiConnection
from .credentials import KnownKey
from .front import api_fronts
from .keyring import Keyring
from .shared import Api

__all__ = ["Api", "ApiConnection", "Keyring", "KnownKey", "api_fronts"]
