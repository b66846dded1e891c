"""Apple's provider API: pushes over HTTP/2."""

from .connection import ApiConnection
from .front import api_fronts
from .senders import Keyring, KnownKey
from .shared import Api

__all__ = ["Api", "ApiConnection", "Keyring", "KnownKey", "api_fronts"]
