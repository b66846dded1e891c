import pytest
from devices import Devices
from push import Account, Sender
from shop import Shop


@pytest.fixture
def devices():
    devices = Devices(":memory:")
    yield devices
    devices.close()


@pytest.fixture
def pauses():
    """For how long the shop has paused; it does so without waiting."""
    return []


@pytest.fixture
def apple(apns):
    """fakeapns in place of Apple."""
    with apns.in_environment(), apns.aioapns():
        yield apns


@pytest.fixture
async def shop(apple, devices, pauses):
    async def sleep(seconds):
        pauses.append(seconds)

    sender = Sender(Account.from_environment(), sleep)
    yield Shop(devices, sender)
    await sender.close()
