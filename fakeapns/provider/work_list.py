"""Work lists: what a provider is to send, as JSON Lines.

`chaos` writes one for the command it runs, `send` sends one, `audit` holds a ledger against
one. Each line is an object with `token` (hex) and `payload` (JSON); `identifier` and `topic`
may stand beside them, and further keys are not looked at, but some by `send`. Of a broadcast the
line has `channel` instead of `token`, which `audit` knows.
"""

from __future__ import annotations

from array import array
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, overload

import msgspec

from ..errors import StartError, UsageError
from ..inputs import open_input
from ..push import parse_payload

Item = TypeVar("Item", bound="WorkItem")

#: Bytes of a line: no frame can carry what makes a longer one.
LONGEST = 1 << 20


class WorkItem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One notification to be sent. The token is hex, the payload a JSON object.

    `topic` decides which certificate is presented; without one it is the sender's own. A broadcast
    has the id of its `channel`, and no token. `registered` is when its app last registered the
    token, in epoch seconds: a 410 whose timestamp is older says nothing of it. Raises `ValueError`
    for both or neither.
    """

    token: str | None = None
    channel: str | None = None
    payload: dict[str, Any]
    identifier: int | None = None
    topic: str | None = None
    registered: int | None = None

    def __post_init__(self) -> None:
        if (self.token is None) == (self.channel is None):
            both = "a token and a channel" if self.token is not None else "no token"
            raise ValueError(f"it has {both}: a push is for a device, a broadcast for a channel")

    @property
    def device(self) -> str:
        """The token. Raises `UsageError` for a broadcast, which the gateway does not know."""
        if self.token is None:
            raise UsageError("it is a broadcast, for a channel: send it with --service api")
        return self.token


class SendItem(WorkItem, frozen=True, omit_defaults=True, kw_only=True):
    """One of which more is said than what it is; without that it goes out as all others do.

    `expiration` is epoch seconds. The last three are for the provider API.
    """

    expiration: int | None = None
    priority: int | None = None
    push_type: str | None = None
    collapse_id: str | None = None
    apns_id: str | None = None


def write_work_list(path: Path, items: Iterable[WorkItem]) -> None:
    """Write a work list. Raises `StartError` where that is not possible."""
    try:
        with path.open("wb") as file:
            file.writelines(msgspec.json.encode(item) + b"\n" for item in items)
    except OSError as wrong:
        raise StartError(f"cannot write the work list {path}: {wrong.strerror}") from None


class _Lines(Sequence[Item], Generic[Item]):
    """A work list in a file. Lines become objects when they are asked for, so a million cost little
    more than the file is long; it is read at once, and may change or go away then.

    Blank lines do not count. Raises `UsageError` for a file that is not there, and on reading for a
    line that is none.
    """

    kind: ClassVar[type[WorkItem]]

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        try:
            with open_input(self.path) as file:
                self._data = file.read()
        except (OSError, ValueError) as wrong:
            reason = getattr(wrong, "strerror", None) or wrong
            raise UsageError(f"cannot read the work list {self.path}: {reason}") from None
        self._starts = array("Q", _starts(self._data))
        self._decoder: msgspec.json.Decoder[Item] = msgspec.json.Decoder(self.kind)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        start = self._starts[index]
        # Without looking for the end of what is none, such as an image of a disk.
        end = self._data.find(b"\n", start, start + LONGEST)
        line = self._data[start : end if end >= 0 else start + LONGEST]
        try:
            return self._decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
            number = self._data[:start].count(b"\n") + 1
            raise UsageError(
                f"{self.path}:{number}: {_in_words(line, wrong)}; each line is a JSON object with "
                "token (hex) and payload"
            ) from None


class WorkList(_Lines[WorkItem]):
    """What is to be sent, as everybody who reads such a list needs it."""

    kind = WorkItem


class SendList(_Lines[SendItem]):
    """What is to be sent, and how."""

    kind = SendItem


def _in_words(line: bytes, wrong: Exception) -> str:
    """Why a line is no item, of which this was said."""
    try:
        parse_payload(line)
    except ValueError as unread:
        return f"the line {unread}"
    return str(wrong)


def _starts(data: bytes) -> Iterator[int]:
    """Where the lines begin that are not blank."""
    # Some editors put a mark in front.
    start, length = 3 if data[:3] == BOM_UTF8 else 0, len(data)
    while start < length:
        end = data.find(b"\n", start)
        end = length if end < 0 else end
        if end - start > LONGEST or data[start:end].strip():
            yield start
        start = end + 1
