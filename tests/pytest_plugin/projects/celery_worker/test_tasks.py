"""Celery's worker runs in threads of this process; the tests wait for what its tasks send."""

import threading

import pytest
from celery.contrib.testing.worker import start_worker
from celery.signals import task_retry
from tasks import app, tell

TOKENS = [f"{number:064x}" for number in range(20)]


@pytest.fixture(scope="module", autouse=True)
def worker():
    with start_worker(app, pool="threads", concurrency=4, perform_ping_check=False):
        yield


@pytest.fixture(autouse=True)
def environment(apns):
    with apns.in_environment():
        yield


def test_every_task_of_a_busy_worker_arrives(apns):
    for token in TOKENS:
        tell.delay(token, "Hello")

    apns.wait_for(count=20)
    for token in TOKENS:
        apns.assert_accepted(1, token=token, payload={"aps": {"alert": "Hello"}})


def test_a_task_is_tried_again_until_the_gateway_is_back(apns):
    tried_again = threading.Event()
    task_retry.connect(lambda **_: tried_again.set(), weak=False, dispatch_uid="seen")

    apns.stop()
    tell.delay(TOKENS[0], "Hello")
    assert tried_again.wait(30)
    apns.start()  # it comes back on the same port

    apns.wait_for(token=TOKENS[0], timeout=30)
    task_retry.disconnect(dispatch_uid="seen")
