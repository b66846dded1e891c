"""Headers that HTTP/2 itself forbids: one stream is refused, in words, and the others go on."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakeapns.protocol.http2 import ConnectionEnded, EngineChoice, Request, StreamRefused
from fakeapns.protocol.http2.events import RequestBroken
from fakeapns.protocol.http2.rules import broken_rule

from .client import (
    CONTINUATION,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PUSH,
    RST_STREAM,
    Conversation,
    Pair,
    block,
    data,
    frame,
    headers,
    post,
)
from .differences import differs

LONG = b"x" * 100
#: What is wrong: the headers, and what is said of them.
WRONG: dict[str, tuple[tuple[Pair, ...], str]] = {
    "capital letters": (
        (*PUSH, (b"Apns-Priority", b"10")),
        "the header name 'Apns-Priority' has capital letters, and HTTP/2 allows none",
    ),
    "space before": (
        (*PUSH, (b"apns-priority", b" 10")),
        "the value of 'apns-priority' begins or ends with a space or tab: ' 10'",
    ),
    "tab behind": (
        (*PUSH, (b"apns-priority", b"10\t")),
        "the value of 'apns-priority' begins or ends with a space or tab: '10\\t'",
    ),
    "connection": (
        (*PUSH, (b"connection", b"keep-alive")),
        "the header 'connection' belongs to HTTP/1.1, and HTTP/2 forbids it",
    ),
    "transfer-encoding": (
        (*PUSH, (b"transfer-encoding", b"chunked")),
        "the header 'transfer-encoding' belongs to HTTP/1.1, and HTTP/2 forbids it",
    ),
    "te": (
        (*PUSH, (b"te", b"gzip")),
        "the header 'te' may only say 'trailers' in HTTP/2, and says 'gzip'",
    ),
    "no server": (
        PUSH[:3],
        "neither ':authority' nor 'host' says which server is meant",
    ),
    "no method": (PUSH[1:], "the pseudo-header ':method' is missing"),
    "no scheme": ((PUSH[0], *PUSH[2:]), "the pseudo-header ':scheme' is missing"),
    "no path": ((*PUSH[:2], *PUSH[3:]), "the pseudo-header ':path' is missing"),
    "empty path": ((*PUSH[:2], (b":path", b""), PUSH[3]), "the header ':path' is empty"),
    "no slash": (
        (*PUSH[:2], (b":path", b"3/device/00"), PUSH[3]),
        "the path does not begin with a slash: '3/device/00'",
    ),
    "line in path": (
        (*PUSH[:2], (b":path", b"/3/device/\n" + LONG), PUSH[3]),
        "the value of ':path' has control characters: '/3/device/\\n" + "x" * 47 + "…",
    ),
    "space in path": (
        (*PUSH[:2], (b":path", b"/3/device/ab cd"), PUSH[3]),
        "the value of ':path' has characters that it may not have: '/3/device/ab cd'",
    ),
    "user in authority": (
        (*PUSH[:3], (b":authority", b"me@api.push.apple.com")),
        "the value of ':authority' has characters that it may not have: 'me@api.push.apple.com'",
    ),
    "two paths": ((*PUSH[:3], *PUSH[2:]), "the header ':path' comes twice"),
    "two hosts": ((*PUSH, (b"host", b"a"), (b"host", b"a")), "the header 'host' comes twice"),
    "late pseudo-header": (
        (*PUSH[1:], PUSH[0]),
        "the pseudo-header ':method' comes behind ordinary headers",
    ),
    "status": (
        ((b":status", b"200"), *PUSH),
        "':status' is no pseudo-header of a request",
    ),
    "empty name": ((*PUSH, (b"", b"x")), "a header has an empty name"),
    "space in name": (
        (*PUSH, (b"apns topic", b"x")),
        "the header name 'apns topic' has characters that no name may have",
    ),
    "zero in value": (
        (*PUSH, (b"apns-topic", b"a\0b")),
        "the value of 'apns-topic' has control characters: 'a\\x00b'",
    ),
    "connect": (
        ((b":method", b"CONNECT"), *PUSH[1:]),
        "CONNECT comes with ':authority' alone, without ':scheme' and ':path'",
    ),
}
LENGTHS = {
    "no number": ([b"two"], "content-length is no number of bytes: 'two'"),
    "signed": ([b"+2"], "content-length is no number of bytes: '+2'"),
    "over 63 bits": ([b"9223372036854775808"], "content-length is no number of bytes: '92233"),
    "more digits than Python reads": ([b"9" * 5000], "content-length is no number of bytes: '99"),
    "no number for long": ([b"0" * 5000 + b"x"], "content-length is no number of bytes: '0000"),
    "of 5,000 digits": ([b"9" * 5000], "content-length is no number of bytes: '9999"),
    "twice": ([b"2", b"2"], "the header 'content-length' comes twice"),
}
#: What the engine takes as it comes: it is Apple's to judge.
ODD: dict[str, tuple[Pair, ...]] = {
    "host and no authority": (*PUSH[:3], (b"host", b"localhost"), PUSH[4]),
    "host and authority": (*PUSH, (b"host", b"elsewhere")),
    "repeated apns-id": (*PUSH, (b"apns-id", b"1"), (b"apns-id", b"2")),
    "UTF-8": (*PUSH[:2], (b":path", "/3/device/ü".encode()), PUSH[3], (b"x", "ü".encode())),
    "te trailers": (*PUSH, (b"te", b"Trailers")),
    "another scheme": (PUSH[0], (b":scheme", b"apns"), (b":path", b"*"), PUSH[3]),
    "options": ((b":method", b"OPTIONS"), PUSH[1], (b":path", b"*"), PUSH[3]),
    "connect": ((b":method", b"CONNECT"), PUSH[3]),
    "empty value": (*PUSH, (b"apns-topic", b"")),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("body", [b"", b"{}"])
def test_a_stream_with_forbidden_headers_is_refused_and_told_why(
    talk: Conversation, what: str, body: bytes
) -> None:
    fields, why = WRONG[what]
    refused = talk.one(StreamRefused, post(3, fields, body))
    assert (refused.stream, refused.code) == (3, 1)
    assert refused.reason.startswith(why)
    assert refused.headers == fields
    assert [(said.stream, said.code) for said in talk.of(RST_STREAM)][:1] == [(3, 1)]
    assert talk.one(Request, post(5)).stream == 5
    assert not talk.wire.respond(3, 400)


@pytest.mark.parametrize("zeros", [0, 7, 5000])
def test_zeros_before_a_content_length_are_nothing(talk: Conversation, zeros: int) -> None:
    length = b"0" * zeros + b"7"
    events = talk.send(post(1, (*PUSH, (b"content-length", length))))
    if any(isinstance(each, ConnectionEnded) for each in events):
        assert differs(talk.engine, "content-length")
        return
    [broken] = [each for each in events if isinstance(each, RequestBroken)]
    assert broken.reason == "the body is not as long as content-length says, 7 bytes"


@pytest.mark.parametrize("what", LENGTHS)
def test_a_content_length_that_is_none_is_told(talk: Conversation, what: str) -> None:
    values, why = LENGTHS[what]
    events = talk.send(headers(1, (*PUSH, *((b"content-length", value) for value in values))))
    [told] = [each for each in events if isinstance(each, StreamRefused | ConnectionEnded)]
    if isinstance(told, StreamRefused):
        assert told.reason.startswith(why)
    else:
        assert differs(talk.engine, "content-length")


@pytest.mark.parametrize("body", [b"{", b"{}}"])
@pytest.mark.parametrize("said", [b"2", b"0" * 5000 + b"2"], ids=["plain", "zeros"])
def test_a_body_that_is_not_as_long_as_was_said_breaks_the_request(
    talk: Conversation, body: bytes, said: bytes
) -> None:
    events = talk.send(headers(1, (*PUSH, (b"content-length", said))), data(1, body))
    found = [each for each in events if isinstance(each, RequestBroken)]
    if differs(talk.engine, "content-length"):
        assert all(broken.by == "end" for broken in found)
        return
    [broken] = found
    assert (broken.by, broken.code, broken.request.path) == ("http2", 1, PUSH[2][1])
    assert broken.reason == "the body is not as long as content-length says, 2 bytes"
    assert talk.one(Request, post(3)).stream == 3


def test_a_request_without_the_body_that_it_announces_is_refused_and_told_why(
    talk: Conversation,
) -> None:
    fields = (*PUSH, (b"content-length", b"2"))
    events = talk.send(post(3, fields, b""))
    if differs(talk.engine, "content-length"):
        assert not talk.of(RST_STREAM)
        return
    [refused] = [each for each in events if isinstance(each, StreamRefused)]
    assert refused.reason == "there is no body, and content-length says 2 bytes"
    assert refused.headers == fields
    assert talk.one(Request, post(5, (*PUSH, (b"content-length", b"0")), b"")).stream == 5


@pytest.mark.parametrize("what", ODD)
def test_what_is_odd_and_allowed_comes_out_as_it_was(talk: Conversation, what: str) -> None:
    request = talk.one(Request, post(1, ODD[what]))
    assert sorted(request.headers) == sorted(ODD[what])


def test_the_pieces_of_a_refused_request_do_not_matter(engine: EngineChoice) -> None:
    fields, why = WRONG["capital letters"]
    wire = block(fields)
    for cut in range(0, len(wire), 7):
        talk = Conversation(engine).greeted()
        begin = frame(HEADERS, wire[:cut], stream=1, flags=END_STREAM)
        rest = frame(CONTINUATION, wire[cut:], stream=1, flags=END_HEADERS)
        assert talk.one(StreamRefused, *(bytes([byte]) for byte in begin + rest)).reason == why


def test_why_is_known_of_the_first_requests_at_least(talk: Conversation) -> None:
    fields, why = WRONG["te"]
    for number in range(60):
        talk.send(post(2 * number + 1))
    assert talk.one(StreamRefused, post(121, fields)).reason == why
    for number in range(61, 100):
        talk.send(post(2 * number + 1))
    late = talk.one(StreamRefused, post(201, fields))
    assert late.reason in (
        why,
        "HTTP/2 forbids its headers; which rule they break is only looked"
        " into for the first requests of a connection",
    )
    broken = talk.send(headers(203) + headers(203, [(b"te", b"gzip")], flags=5))[-1]
    assert isinstance(broken, RequestBroken)
    assert broken.reason in (
        "a frame breaks a rule of HTTP/2",
        "the header 'te' may only say 'trailers' in HTTP/2, and says 'gzip'",
    )


def test_trailers_that_are_fine_do_not_confuse_the_next(talk: Conversation) -> None:
    fields, why = WRONG["te"]
    talk.one(Request, headers(1) + headers(1, [(b"checksum", b"1")], flags=5))
    assert talk.one(StreamRefused, post(3, fields)).reason == why


def test_a_block_that_cannot_be_decoded_hides_no_reason_before_it(talk: Conversation) -> None:
    fields, why = WRONG["te"]
    refused, ended = talk.send(post(1, fields, b"") + frame(HEADERS, b"\xff", stream=3, flags=5))
    assert isinstance(refused, StreamRefused)
    assert refused.reason == why
    assert isinstance(ended, ConnectionEnded)


names = st.sampled_from(
    [b":method", b":path", b":scheme", b":authority", b":status", b"host", b"te", b"upgrade", b"a"]
) | st.binary(max_size=3)
values = st.sampled_from(
    [b"POST", b"CONNECT", b"OPTIONS", b"/", b"*", b"http", b"HTTPS", b"ftp", b"x:1", b"trailers"]
) | st.binary(max_size=3)
changes = st.lists(
    st.tuples(st.sampled_from(["add", "replace", "drop"]), st.integers(0, 5), names, values),
    max_size=3,
)


@settings(deadline=None, max_examples=200)
@example([("replace", 0, b":method", b"CONNECT"), ("drop", 1, b"", b""), ("drop", 1, b"", b"")])
@given(changes)
def test_the_rules_in_words_are_those_of_libnghttp2(
    engine: EngineChoice, changes: list[tuple[str, int, bytes, bytes]]
) -> None:
    fields = list(PUSH)
    for how, place, name, value in changes:
        if how == "add":
            fields.insert(place, (name, value))
        elif place < len(fields):
            fields[place : place + 1] = [(name, value)] if how == "replace" else []
    [event] = Conversation(engine).greeted().send(post(1, fields, b""))
    assert isinstance(event, StreamRefused) is (broken_rule(fields) is not None)
