"""Who leaves before it has spoken is told of in words: it may have come to the wrong port."""

from __future__ import annotations

import msgspec
import pytest

from fakeapns.fronts.front import Left, Provider

from .dialogue import CERTIFICATE, NOBODY, Dialogue

NODE = (
    "judges certificates late, as Node does where it does not trust our CA: set "
    "NODE_EXTRA_CA_CERTS to ca.pem there"
)
FEEDBACK = "waits for feedback, which is another service, at port 2196"
LOOKED = "it had nothing to send, or only looked at the port"
AGREED = msgspec.structs.replace(NOBODY, alpn="h2")
PLAIN = msgspec.structs.replace(NOBODY, secure=False)


def end_of(provider: Provider, said: bytes = b"", how: Left = "no-close-notify") -> str | None:
    """What is told of a client that writes this and leaves."""
    talk = Dialogue(provider=provider, greet=False)
    if said:
        talk.raw(said)
    talk.leave(how)
    assert talk.end.unread_bytes == len(said)
    return talk.end.detail


@pytest.mark.parametrize("how", ["no-close-notify", "reset", "lost"])
def test_a_client_without_a_byte_may_wait_for_feedback_or_not_trust_us(how: Left) -> None:
    end = f"the client left without a byte or a goodbye: {LOOKED}, or {FEEDBACK}, or {NODE}"
    assert end_of(CERTIFICATE, how=how) == end


def test_who_has_agreed_upon_http_2_waits_for_no_feedback() -> None:
    end = f"the client left without a byte or a goodbye: {LOOKED}, or {NODE}"
    assert end_of(AGREED) == end


def test_who_says_goodbye_has_no_objection_to_our_certificate() -> None:
    end = f"the client left without a byte: {LOOKED}, or {FEEDBACK}"
    assert end_of(CERTIFICATE, how="graceful") == end


def test_without_tls_there_is_no_certificate_to_object_to() -> None:
    end = f"the client left without a byte or a goodbye: {LOOKED}, or {FEEDBACK}"
    assert end_of(PLAIN) == end


@pytest.mark.parametrize(("said", "size"), [(b"P", "1 byte"), (b"PRI * HTTP/2.0\r\n", "16 bytes")])
def test_who_leaves_in_the_middle_of_its_first_bytes_is_told_of(said: bytes, size: str) -> None:
    end = f"the client left behind its first {size}, which do not show what it speaks"
    assert end_of(AGREED, said) == end


def test_who_has_spoken_has_nothing_to_be_told_of() -> None:
    talk = Dialogue()
    talk.leave()
    assert talk.end.detail is None


def test_whom_the_server_leaves_is_not_said_to_have_left() -> None:
    talk = Dialogue(greet=False)
    talk.stop()
    assert talk.end.detail is None
