"""The names of statuses that a `reject` takes: a type checker wants them written out."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

import msgspec

from fakeapns import Reject
from fakeapns.protocol import REASONS, Status


def test_a_reject_takes_the_names_of_all_statuses() -> None:
    [status] = [field for field in msgspec.structs.fields(Reject) if field.name == "status"]
    names = [get_args(each) for each in get_args(status.type) if get_origin(each) is Literal]
    assert names == [tuple(status.label for status in Status), tuple(REASONS)]
