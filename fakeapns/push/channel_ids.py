"""How ids of channels are spelled: standard base64, 24 characters of it as measured
(kontourai/station). Apple's page gives no length, and asks not to rely on one.
"""

from __future__ import annotations

import base64
import hashlib
import re

#: Bytes of one that is made up, and characters that one may have. The most is ours: Apple's page
#: knows an "allowed length" and does not say which.
_SIZE, _MOST = 16, 64
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_STANDARD = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def is_channel_id(text: object) -> bool:
    """Whether this is spelled as the id of a channel is."""
    return isinstance(text, str) and odd_channel_id(text) is None


def odd_channel_id(text: str) -> str | None:
    """What keeps this from being the id of a channel, as a clause; None if nothing does."""
    if not text:
        return "is empty"
    if len(text) > _MOST:
        return f"has {len(text)} characters, and {_MOST} are the most"
    if "%" in text:
        return "is percent-encoded: a header has it as it is"
    if text != text.strip() or " " in text:
        return "has spaces in it: leave them out"
    if not _STANDARD.fullmatch(text):
        if _URL_SAFE.fullmatch(text):
            return "is base64 for URLs: write + for - and / for _, as Apple's ids have them"
        return "is no base64: write it as it came when the channel was made"
    if len(text) % 4:
        return "is no whole base64: four characters belong together, with the = at its end"
    return None


def made_up_channel_id(topic: str, number: int) -> str:
    """The id of the `number`th channel of an app: it depends on nothing else."""
    digest = hashlib.sha256(f"{topic}/channel/{number}".encode()).digest()
    return base64.b64encode(digest[:_SIZE]).decode("ascii")
