"""Apple's host names, and the service behind each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

_GATEWAY = ("gateway.push.apple.com", "gateway.sandbox.push.apple.com")
_FEEDBACK = ("feedback.push.apple.com", "feedback.sandbox.push.apple.com")
#: Of channels Apple's pages name two hosts more, and disagree about one (table C1): all of them
#: are the provider API here.
_API = (
    "api.push.apple.com",
    "api.sandbox.push.apple.com",
    "api.development.push.apple.com",
    "api-broadcast.push.apple.com",
    "api-broadcast.sandbox.push.apple.com",
    "api-manage-broadcast.push.apple.com",
    "api-manage-broadcast.sandbox.push.apple.com",
)

APPLE_HOSTS: Mapping[str, Literal["gateway", "feedback", "api"]] = {
    **dict.fromkeys(_GATEWAY, "gateway"),
    **dict.fromkeys(_FEEDBACK, "feedback"),
    **dict.fromkeys(_API, "api"),
}
