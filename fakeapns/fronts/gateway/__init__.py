"""The gateway: the binary service that takes notifications, Apple's port 2195."""

from .connection import GatewayConnection
from .frames import FrameBundle, FrameRow
from .front import gateway_front
from .shared import Gateway

__all__ = [
    "FrameBundle",
    "FrameRow",
    "Gateway",
    "GatewayConnection",
    "gateway_front",
]
