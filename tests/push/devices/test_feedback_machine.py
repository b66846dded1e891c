"""Devices and feedback lists: any steps, against a model."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fakeapns.errors import UsageError
from fakeapns.push.devices import Devices, Installation

from ...frames import TOPIC, numbered

OTHER = "com.example.other"


class FeedbackMachine(RuleBasedStateMachine):
    """Devices come, go and are sent to; a dict of dicts says what feedback must name."""

    topics = st.sampled_from([TOPIC, OTHER])
    tokens = st.sampled_from([numbered(1), numbered(2), b"\x03"])

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000
        self.devices = Devices(lambda: float(self.now))
        self.known: dict[tuple[str, bytes], Installation] = {}
        self.gone: dict[tuple[str, bytes], int] = {}
        self.listed: dict[str, dict[bytes, int]] = {TOPIC: {}, OTHER: {}}

    @rule(topic=topics, token=tokens, gone=st.booleans())
    def register(self, topic: str, token: bytes, gone: bool) -> None:
        key = (topic, token)
        if key in self.known:
            with pytest.raises(UsageError):
                self.devices.add(topic, token)
            return
        self.now += 1
        self.known[key] = self.devices.add(topic, token, "uninstalled" if gone else "active")
        if gone:
            self.gone[key] = self.now

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def uninstall(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.known)))
        self.now += 1
        self.known[key].uninstall()
        self.gone[key] = self.now

    @precondition(lambda self: self.gone)
    @rule(data=st.data())
    def install(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.gone)))
        self.known[key].install()
        del self.gone[key]

    @rule(topic=topics, token=tokens)
    def send(self, topic: str, token: bytes) -> None:
        device = self.devices.find(token).get(topic)
        known = self.known.get((topic, token))
        assert device is (None if known is None else known.registration)
        if device is not None:
            self.devices.report(device)
        if (topic, token) in self.gone:
            self.listed[topic][token] = self.gone[topic, token]

    @rule(topics=st.sets(topics, min_size=1), finished=st.booleans())
    def read_feedback(self, topics: set[str], finished: bool) -> None:
        read = self.devices.feedback(sorted(topics))
        for topic, entry in read:
            assert self.devices.take(topic, entry)
        if finished:
            for topic in topics:
                self.listed[topic].clear()
        else:
            for topic, entry in read:
                self.devices.put_back(topic, entry)

    @invariant()
    def feedback_names_a_token_once_with_its_latest_time(self) -> None:
        for topic, expected in self.listed.items():
            found = [(entry.token, entry.timestamp) for _, entry in self.devices.feedback([topic])]
            assert sorted(found) == sorted(expected.items())
            assert [time for _, time in found] == sorted(expected.values())

    @invariant()
    def everybody_is_known(self) -> None:
        assert len(self.devices) == len(self.known)
        gone = {(each.topic, each.token_bytes) for each in self.devices if each.state != "active"}
        assert gone == set(self.gone)


FeedbackMachine.TestCase.settings = settings(deadline=None, max_examples=100)
TestFeedback = FeedbackMachine.TestCase
