"""A correct provider of the HTTP/2 API: a door of its own, since who speaks only the binary
protocol loads no library for this.
"""

from .push import ApiPush, usual_priority, usual_type
from .sender import send_api
from .server import GivenKey, SigningKey, api_in_variables
from .target import Target
from .tokens import Tokens

__all__ = [
    "ApiPush",
    "GivenKey",
    "SigningKey",
    "Target",
    "Tokens",
    "api_in_variables",
    "send_api",
    "usual_priority",
    "usual_type",
]
