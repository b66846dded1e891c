"""Why something was lost, doubled or resent: which, where, behind what, and what came next."""

from __future__ import annotations

from fakeapns.scenario.scenario import Expect

from ...frames import PAYLOAD, numbered
from .told import MEANT, ONE, THREE, TWO, Story, after_an_error, explained

MANY = [(numbered(number), PAYLOAD) for number in range(1, 41)]


def test_what_an_error_swallowed_is_told_with_the_error_and_what_the_provider_did_next() -> None:
    story = Story()
    story.opened()
    cause = story.rejected(ONE)
    for pair in MANY[1:20]:
        story.discarded(pair, cause)
    story.answered()
    story.closed()
    story.opened()
    for pair in MANY[20:]:
        story.came(pair)
    assert explained(story, MANY) == [
        "numbers 2 to 20 (the first for token …00000002) came on connection 1 behind frame 1 "
        "(number 1), which was rejected with invalid-token: dropped there, and not seen again; "
        "the provider opened connection 2 and went on with number 21"
    ]


def test_a_provider_that_gave_up_is_told_of() -> None:
    story = Story()
    story.opened()
    story.discarded(TWO, story.fault("drop"))
    story.closed("fault")
    assert explained(story, [TWO]) == [
        "number 1 (token …00000002) came on connection 1 behind a fault (drop): dropped there, "
        "and not seen again; the provider opened no further connection"
    ]


def test_a_frame_that_nobody_can_read_is_told_of_with_its_reason() -> None:
    story = Story()
    story.opened()
    story.discarded(ONE, story.malformed())
    [text] = explained(story, [ONE])
    assert "behind frame 1, which could not be read: item 9 is unknown" in text


def test_a_cause_from_before_a_reset_is_an_error_like_any() -> None:
    story = Story()
    story.opened()
    story.came(ONE, "discarded", cause=99, behind=1)
    [text] = explained(story, [ONE])
    assert "came on connection 1 behind an error: dropped" in text


def test_what_was_rejected_for_no_fault_of_its_own_has_to_come_again() -> None:
    story = Story()
    story.opened()
    story.rejected(ONE, "processing-error")
    story.closed()
    story.opened()
    story.closed("ended")
    assert explained(story, [ONE]) == [
        "number 1 (token …00000001) was rejected on connection 1 with processing-error, which is "
        "no fault of its own, and not seen again; the provider opened connection 2 and sent "
        "nothing of it there"
    ]


def test_what_should_have_come_first_and_never_came_needs_no_connection() -> None:
    story = Story()
    story.opened()
    story.came(TWO)
    story.closed("ended")
    assert explained(story, [ONE, TWO]) == ["number 1 (token …00000001) never reached the gateway"]


def test_where_nothing_came_the_refused_handshakes_are_the_reason() -> None:
    story = Story()
    story.refused()
    story.refused()
    assert explained(story) == [
        "no connection to the gateway got as far as to speak",
        "connections 1 to 2 were refused, untrusted: trust our CA",
    ]


def test_what_was_accepted_and_came_again_is_told_with_what_the_error_said() -> None:
    assert explained(after_an_error(ONE, TWO)) == [
        "numbers 1 to 2 (the first for token …00000001) had been accepted on connection 1 and "
        "came again on connection 2; the error there named identifier 3: what came before that "
        "one was accepted, and only what came behind it has to be sent again"
    ]


def test_what_came_twice_on_one_connection_needs_no_error() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.came(ONE)
    assert explained(story, [ONE]) == ["number 1 (token …00000001) came twice on connection 1"]


def test_what_was_refused_and_came_again_is_told_with_how_often() -> None:
    story = after_an_error(THREE, THREE)
    story.opened()
    story.came(THREE)
    [text] = explained(story, MEANT, Expect(duplicated=1))
    assert text == (
        "number 3 (token …00000003) was refused with invalid-token, a fault of its own that no "
        "resending can mend, and sent again, 3 times in all: it was refused on connection 1 and "
        "came again on connections 2 to 3"
    )


def test_in_a_pool_nobody_is_blamed_for_what_never_came() -> None:
    story = Story()
    story.opened()
    story.opened()
    story.came(ONE)
    story.connection = 1
    story.discarded(TWO, story.fault("drop"))
    story.closed("fault")
    assert explained(story) == [
        "number 2 (token …00000002) came on connection 1 behind a fault (drop): dropped there, "
        "and not seen again; the provider opened none in its place",
        "number 3 (token …00000003) was not read",
        "it may be on the way, since connection 2 is still open",
    ]


def test_the_furthest_notification_of_a_connection_counts_not_the_last() -> None:
    story = Story()
    story.opened()
    story.came(TWO)
    story.came(ONE)
    story.closed("fault")
    [text] = explained(story)
    assert text.startswith("number 3 (token …00000003) was not read: number 2 was the last on")


def test_a_frame_that_could_not_be_read_may_be_the_one_that_is_missed() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.malformed()
    story.answered("protocol-error", 0)
    story.closed()
    assert explained(story, [ONE, TWO])[1:] == [
        "frame 2 of connection 1 could not be read, and may be one of them: item 9 is unknown"
    ]


def test_many_that_were_resent_take_one_sentence_with_an_example() -> None:
    story = Story()
    story.opened()
    for pair in MANY:
        story.rejected(pair)
        story.answered(identifier=pair[0][-1])
    story.opened()
    for pair in MANY[::2]:
        story.rejected(pair)
    [text] = explained(story, MANY)
    assert text.startswith("numbers 1, 3, 5, 7 and 16 more (the first for token …00000001) were")
    assert "20 times in all: number 1 was refused on connection 1 and came again on connec" in text


def test_what_nobody_meant_is_told_beside_what_was_meant_for_that_token() -> None:
    story = Story()
    story.opened()
    story.came((ONE[0], b'{"aps":{"alert":"Ho"}}'))
    story.came(ONE)
    story.came((numbered(9), PAYLOAD))
    assert explained(story, [ONE]) == [
        'token …00000001 payload {"aps":{"alert":"Ho"}}: what was meant for that token is '
        'number 1 token …00000001 payload {"aps":{"alert":"Hi"}}',
        'token …00000009 payload {"aps":{"alert":"Hi"}}: nothing was meant for that token',
    ]


def test_too_many_connections_are_told_one_by_one_up_to_a_point() -> None:
    story = Story()
    for pair in MANY[:9]:
        story.opened()
        story.came(pair)
        story.closed("ended")
    found = explained(story, MANY[:9], Expect(max_connections=1))
    assert found[0] == "connection 1 carried 1 notification and was ended by the provider"
    assert found[-1] == "… and 3 more of this kind"
    assert len(found) == 7


def test_feedback_that_nobody_read_and_nobody_heeded() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    [text] = explained(story, [ONE], Expect(feedback_read=True))
    assert text.startswith("feedback has to be asked")
    story.listed(ONE)
    story.came(ONE)
    found = explained(story, [ONE], Expect(duplicated=1, sent_after_feedback=0))
    assert found == ["feedback had listed these before: …00000001"]


HEX = (numbered(1, 32)[:-8] + bytes.fromhex("0123456789abcdef"), PAYLOAD)


def test_what_came_for_the_text_of_a_token_is_not_said_to_be_missing() -> None:
    story = Story()
    story.opened()
    text = HEX[0].hex().encode()
    story.came((text, PAYLOAD))
    [lost, unexpected] = explained(story, [HEX])
    assert lost.startswith("number 1 (token …89abcdef) came for the text of its token: ")
    assert lost.endswith("decode the hex first")
    assert unexpected.endswith("nothing was meant for that token; it is that of number 1 as text")


def test_why_it_was_refused_is_told_with_what_it_had_discarded() -> None:
    story = Story()
    story.opened()
    story.came(ONE, "rejected", "invalid-token", reason="step 1 of the scenario, reject, asked")
    story.discarded(TWO, story[-1])
    [text] = explained(story, [ONE, TWO])
    assert "rejected with invalid-token: dropped there, and not seen again (step 1 of the" in text
