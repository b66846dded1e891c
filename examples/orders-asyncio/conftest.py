import pytest
from aioapns.connection import APNsDevelopmentClientProtocol, APNsProductionClientProtocol
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
def apple(apns, monkeypatch):
    """fakeapns in place of Apple."""
    # aioapns knows Apple's addresses only. Both: no test shall ever reach the real ones.
    for connection in (APNsProductionClientProtocol, APNsDevelopmentClientProtocol):
        monkeypatch.setattr(connection, "APNS_SERVER", apns.api.host)
        monkeypatch.setattr(connection, "APNS_PORT", apns.api.port, raising=False)
    with apns.in_environment():  # the key, and whom to trust
        yield apns


@pytest.fixture
async def shop(apple, devices, pauses):
    async def sleep(seconds):
        pauses.append(seconds)

    sender = Sender(Account.from_environment(), sleep)
    yield Shop(devices, sender)
    await sender.close()
