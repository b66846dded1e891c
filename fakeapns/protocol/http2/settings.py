"""Which SETTINGS a server says, and which of them its library is to go by."""

from __future__ import annotations

from collections.abc import Mapping

from .frames import Setting
from .limits import Limits

#: What Apple sends (pushy #878, 2021).
SETTINGS: Mapping[int, int] = {
    Setting.HEADER_TABLE_SIZE: 4096,
    Setting.MAX_CONCURRENT_STREAMS: 1000,
    Setting.INITIAL_WINDOW_SIZE: 65_535,
    Setting.MAX_FRAME_SIZE: 16_384,
    Setting.MAX_HEADER_LIST_SIZE: 8000,
}
#: What is advertised, and up to the wire.
_TOLD_ONLY = (Setting.MAX_CONCURRENT_STREAMS, Setting.MAX_HEADER_LIST_SIZE)


def for_an_engine(values: Mapping[int, int], limits: Limits) -> dict[int, int]:
    """What an engine is to go by, who would refuse what somebody wants to answer."""
    kept = {key: values[key] for key in values if key not in _TOLD_ONLY}
    return {**kept, Setting.MAX_HEADER_LIST_SIZE: limits.header_list}
