"""Credentials are on record nowhere, however a client has spelled the header that they stand in."""

from __future__ import annotations

import pytest

from fakeapns.ledger import Ledger, describe, encode_line

from .dialogue import NOBODY, TOKEN, Dialogue, signed
from .test_life import ENGINES

SPELLINGS = [
    ("authorization", "bearer {}"),
    ("authorization", "bearer {}\n"),
    ("authorization", " bearer {}"),
    ("authorization", "{}"),
    ("Authorization", "bearer {}"),
    ("authorization ", "bearer {}"),
    ("proxy-authorization", "{}"),
    ("cookie", "{}"),
    ("x-token", "Bearer {}"),
    ("x-token", "Bearer {}\n"),
]


def written(ledger: Ledger) -> bytes:
    """All that is on record, as lines of a file and of the log."""
    return b"".join(encode_line(each) + describe(each).encode() for each in ledger)


@ENGINES
@pytest.mark.parametrize(("name", "value"), SPELLINGS)
def test_no_part_of_a_token_is_on_record(name: str, value: str, engine: str) -> None:
    talk = Dialogue(provider=NOBODY, engine=engine)
    talk.client.config.validate_outbound_headers = False
    talk.client.config.normalize_outbound_headers = False
    secret = signed()
    for path, method in (("/3/device/" + TOKEN, "POST"), ("/x", "GET")):
        further = (name, value.format(secret))
        talk.push(TOKEN, b"{}", further, path=path, method=method, signed=secret)
        talk.push(TOKEN, b"{}", further, path=path, method=method)
    assert len(talk.pushes) + len(talk.requests) == 4
    for part in secret.split("."):
        assert part[:30].encode() not in written(talk.ledger)
