"""Only what can have been written once a provider could know better is held against it."""

from __future__ import annotations

import msgspec
import pytest

from fakeapns.ledger.audit import audit
from fakeapns.scenario.faults import BY_NAME, Conversation, Fault, holding

from ...frames import PAYLOAD, numbered
from .told import MEANT, ONE, THREE, TWO, Story


def resent(story: Story, *intended: tuple[bytes, bytes]) -> list[int | None]:
    """Which notifications were sent again though they were refused."""
    found = audit(story, intended or MEANT)
    return [each.number for each in found.resent_after_refusal]


def a_pool() -> Story:
    """Two connections; on the second ONE is refused, and its provider is told."""
    story = Story()
    story.opened()
    story.opened()
    story.rejected(ONE)
    story.answered()
    return story


# ---- since when a refusal is known ------------------------------------------------------


def test_a_throttled_connection_that_was_waited_on_and_read_late_is_no_resending() -> None:
    # The story: TWO is refused on the slow one, which takes the rest with it; the rest
    # comes on a second one where ONE is refused; then the old copy of ONE is read.
    story = Story()
    story.opened()
    story.fault("throttle")
    cause = story.rejected(TWO)
    story.answered(identifier=2)
    story.opened()
    story.rejected(ONE)
    story.answered(identifier=1)
    story.came(THREE)
    story.connection = 1
    story.discarded(ONE, cause)
    found = audit(story, MEANT)
    assert found.ok, str(found)


def test_what_was_written_behind_an_older_ending_is_no_resending() -> None:
    story = Story()
    story.opened()
    cause = story.rejected(TWO)
    story.answered(identifier=2)
    story.opened()
    story.rejected(ONE)
    story.answered(identifier=1)
    story.connection = 1
    story.discarded(ONE, cause)
    assert resent(story) == []


def test_a_refusal_is_known_from_the_answer_and_not_from_the_judging() -> None:
    story = Story()
    story.opened()
    story.opened()
    story.rejected(ONE)
    story.connection = 1
    story.came(ONE)
    story.connection = 2
    story.answered()
    assert resent(story) == []


@pytest.mark.parametrize("command", [0, 2])
def test_a_refusal_that_no_answer_names_is_never_known(command: int) -> None:
    story = Story()
    story.opened()
    refused = story.rejected(ONE)
    story[-1] = msgspec.structs.replace(refused, command=command)
    story.closed("silent-error")
    story.opened()
    story.came(ONE)
    assert resent(story) == []


@pytest.mark.parametrize(("status", "identifier"), [("invalid-token", 0), ("unknown", 1)])
def test_an_answer_that_names_another_tells_nothing(status: str, identifier: int) -> None:
    story = Story()
    story.opened()
    story.rejected(ONE)
    story.answered(status, identifier)
    story.opened()
    story.came(ONE)
    assert resent(story) == []


def test_an_answer_with_a_reset_right_behind_may_never_have_been_read() -> None:
    story = Story()
    story.opened()
    story.rejected(ONE)
    story.answered()
    story.opened()
    story.came(ONE)
    story.connection = 1
    story.closed("error", "reset")
    assert resent(story) == []


def test_a_provider_that_resets_its_own_connection_could_have_read_the_answer() -> None:
    story = Story()
    story.opened()
    story.rejected(ONE)
    story.answered()
    story.closed("ended", "reset")
    story.opened()
    story.came(ONE)
    assert resent(story) == [1]


def test_who_numbers_nothing_cannot_tell_whom_an_error_means() -> None:
    story = Story()
    story.opened()
    story.came(TWO, identifier=0)
    story.came(ONE, "rejected", "invalid-token", identifier=0)
    story.answered(identifier=0)
    story.opened()
    story.came(ONE, identifier=0)
    assert resent(story) == []


@pytest.mark.parametrize("identifier", [0, None])
def test_who_sends_only_one_knows_whom_an_error_means(identifier: int | None) -> None:
    story = Story()
    story.opened()
    story.came(ONE, "rejected", "invalid-token", identifier=identifier)
    story.answered(identifier=0)
    story.opened()
    story.came(ONE, identifier=identifier)
    assert resent(story) == [1]


def test_an_error_that_greets_the_next_connection_is_known_from_there() -> None:
    story = Story()
    story.opened()
    story.rejected(ONE)
    story.came(ONE)
    story.opened()
    story.answered()
    story.closed()
    assert resent(story) == []
    story.opened()
    story.came(ONE)
    found = audit(story, MEANT)
    assert [each.number for each in found.resent_after_refusal] == [1]
    assert any("on connection 1, as connection 2 was told, and" in e for e in found.explanations)


def test_an_error_of_a_later_connection_s_own_tells_nothing_of_an_earlier_one() -> None:
    story = Story()
    story.opened()
    story.rejected(ONE)
    story.closed("silent-error")
    story.opened()
    # Numbered anew: the same identifier, another notification.
    story.came(TWO, "rejected", "invalid-token", identifier=1)
    story.answered(identifier=1)
    story.opened()
    story.came(ONE)
    assert resent(story) == []


# ---- since when a copy may have been written --------------------------------------------


def test_what_comes_on_a_connection_that_opened_later_is_sent_again_whatever_came_of_it() -> None:
    story = a_pool()
    story.opened()
    story.discarded(ONE, story.fault("stall"))
    assert resent(story) == [1]


def test_what_comes_on_another_connection_of_a_pool_is_sent_again() -> None:
    story = a_pool()
    story.connection = 1
    story.came(ONE)
    assert resent(story) == [1]


def test_behind_an_ending_that_is_newer_than_the_answer_it_is_sent_again() -> None:
    story = a_pool()
    story.connection = 1
    story.discarded(ONE, story.rejected(TWO))
    assert resent(story) == [1]


@pytest.mark.parametrize("name", sorted(holding()))
def test_what_a_fault_may_have_held_up_is_no_resending(name: str) -> None:
    story = Story()
    story.opened()
    story.fault(name)
    story.opened()
    story.rejected(ONE)
    story.answered()
    story.connection = 1
    story.came(ONE)
    assert resent(story) == []


def test_a_fault_that_fired_behind_it_held_up_nothing() -> None:
    story = a_pool()
    story.connection = 1
    story.came(ONE)
    story.fault("stall")
    assert resent(story) == [1]


def test_a_fault_on_another_connection_or_of_another_kind_held_up_nothing() -> None:
    story = Story()
    story.opened()
    story.fault("acknowledge")
    story.opened()
    story.fault("stall")
    story.rejected(ONE)
    story.answered()
    story.connection = 1
    story.came(ONE)
    assert resent(story) == [1]


def test_the_faults_that_hold_up_are_those_that_say_so_made_here_or_elsewhere() -> None:
    assert {"stall", "throttle"} <= holding()
    assert not holding() & {"reject", "drop", "shutdown", "acknowledge", "garbage"}
    assert {name for name, fault in BY_NAME.items() if fault.holds} <= holding()

    class Doze(Fault, frozen=True, tag="doze"):
        """Read when it pleases."""

        holds = True

        def act(self, at: Conversation) -> None:
            """Sleep."""
            at.stop_reading(1, "dozing")

    assert "doze" in holding()


def test_what_is_meant_twice_may_be_refused_twice_before_it_is_known() -> None:
    story = Story()
    for _ in range(3):
        story.opened()
        story.rejected(ONE)
        story.answered()
    assert resent(story, ONE, ONE) == [1]
    assert resent(story, ONE, ONE, ONE) == []


def test_many_are_told_apart() -> None:
    many = [(numbered(number), PAYLOAD) for number in range(1, 51)]
    story = Story()
    for pair in many:
        story.opened()
        story.rejected(pair)
        story.answered(identifier=pair[0][-1])
    story.opened()
    for pair in many[::5]:
        story.came(pair)
    assert resent(story, *many) == list(range(1, 51, 5))
