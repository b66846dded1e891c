"""How ids of channels are spelled, and what is odd about those that are not."""

from __future__ import annotations

import pytest

from fakeapns.push import is_channel_id, odd_channel_id


@pytest.mark.parametrize("id", ["dHN0LXNyY2gtY2hubA==", "AAA=", "+/+/", "A" * 64])
def test_standard_base64_of_up_to_64_characters_is_an_id(id: str) -> None:
    assert odd_channel_id(id) is None
    assert is_channel_id(id)


@pytest.mark.parametrize(
    ("id", "odd"),
    [
        ("", "is empty"),
        ("A" * 68, "has 68 characters, and 64 are the most"),
        (
            "dHN0LXNyY2gtY2hubA",
            "is no whole base64: four characters belong together, with the = at its end",
        ),
        (
            "dHN0LXNyY2gtY2hubA=",
            "is no whole base64: four characters belong together, with the = at its end",
        ),
        (
            "-_-_",
            "is base64 for URLs: write + for - and / for _, as Apple's ids have them",
        ),
        ("dHN0LXNyY2gtY2hubA%3D%3D", "is percent-encoded: a header has it as it is"),
        ("AA AA", "has spaces in it: leave them out"),
        ("AAAA\n", "has spaces in it: leave them out"),
        ("A===", "is no base64: write it as it came when the channel was made"),
        ("caf\u00e9", "is no base64: write it as it came when the channel was made"),
        ('"AAAA"', "is no base64: write it as it came when the channel was made"),
        ("=", "is no base64: write it as it came when the channel was made"),
    ],
)
def test_of_anything_else_it_is_said_what_is_odd(id: str, odd: str) -> None:
    assert odd_channel_id(id) == odd
    assert not is_channel_id(id)


@pytest.mark.parametrize("id", [None, 7, b"AAAA"])
def test_what_is_no_text_is_none(id: object) -> None:
    assert not is_channel_id(id)
