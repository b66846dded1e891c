"""Writing frames and error packets; reading error packets."""

from __future__ import annotations

import pytest

from fakeapns.protocol import (
    ERROR_SIZE,
    ErrorPacket,
    decode_error,
    encode_enhanced,
    encode_error,
    encode_framed,
    encode_simple,
    error_text,
)

from ...frames import PAYLOAD, TOKEN, raw_frame
from .cases import ERRORS, FRAMED_FULL, FRAMES, OVERLONG_ITEM, ErrorCase, FrameCase, write

each_frame = pytest.mark.parametrize("case", FRAMES, ids=lambda case: case.name)
each_error = pytest.mark.parametrize("case", ERRORS, ids=lambda case: case.name)


@each_frame
def test_a_notification_is_written_as_the_example_has_it(case: FrameCase) -> None:
    assert write(case.event, case.order) == case.wire


def test_a_frame_can_be_written_wrong_on_purpose() -> None:
    assert raw_frame(FRAMED_FULL[5:-4] + b"\x05\x00\x04\x0a") == OVERLONG_ITEM


@pytest.mark.parametrize(
    ("frame", "overhead"),
    [
        (encode_simple(TOKEN, PAYLOAD), 37),
        (encode_enhanced(TOKEN, PAYLOAD), 45),
        (encode_framed(TOKEN, PAYLOAD), 43),
        (encode_framed(TOKEN, PAYLOAD, identifier=1, expiration=0, priority=5), 61),
    ],
    ids=["simple", "enhanced", "framed-required-items", "framed-all-items"],
)
def test_a_frame_is_as_long_as_apples_layout_makes_it(frame: bytes, overhead: int) -> None:
    assert len(frame) == overhead + len(PAYLOAD)


def test_an_item_that_is_none_is_left_out_but_zero_is_written() -> None:
    assert encode_framed(None, None) == bytes.fromhex("02 00000000")
    assert encode_framed(None, None, identifier=0) == bytes.fromhex("02 00000007 03 0004 00000000")


def test_command_1_says_zero_where_nothing_is_given() -> None:
    assert encode_enhanced(b"", b"") == b"\x01" + bytes(12)


def test_items_that_the_order_leaves_out_are_not_written() -> None:
    assert encode_framed(TOKEN, PAYLOAD, identifier=7, order=(1, 2)) == encode_framed(
        TOKEN, PAYLOAD
    )


def test_what_does_not_fit_a_length_field_is_refused_before_anything_is_written() -> None:
    assert len(encode_simple(b"", bytes(65_535))) == 5 + 65_535
    with pytest.raises(ValueError, match="65536 bytes do not fit"):
        encode_simple(b"", bytes(65_536))


@each_error
def test_an_error_packet_is_written_as_the_example_has_it(case: ErrorCase) -> None:
    assert encode_error(case.packet.status, case.packet.identifier) == case.wire
    assert len(case.wire) == ERROR_SIZE


@each_error
def test_an_error_packet_is_read_as_the_example_has_it(case: ErrorCase) -> None:
    assert decode_error(case.wire) == case.packet


def test_the_identifier_comes_back_byte_for_byte() -> None:
    assert encode_error(8, 0xFFFEFDFC) == bytes.fromhex("08 08 ff fe fd fc")


@pytest.mark.parametrize(
    "packet",
    [b"", bytes.fromhex("08 08 00 00 00"), bytes.fromhex("08 08 00 00 00 2a 00")],
    ids=["nothing", "five-bytes", "seven-bytes"],
)
def test_six_bytes_are_an_error_packet_no_more_no_fewer(packet: bytes) -> None:
    with pytest.raises(ValueError, match="is no error packet"):
        decode_error(packet)


def test_an_error_packet_begins_with_command_8() -> None:
    with pytest.raises(ValueError, match="01 08 00 00 00 2a is no error packet"):
        decode_error(bytes.fromhex("01 08 00 00 00 2a"))


def test_an_error_packet_can_be_read_by_people_whatever_its_status() -> None:
    assert error_text(ErrorPacket(8, 42)) == "status 8 (invalid-token) for identifier 42"
    assert error_text(ErrorPacket(9, 0)) == "status 9 (unassigned-9) for identifier 0"
