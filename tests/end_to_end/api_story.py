"""The story that every real client of the API is put through, and what has to come of it."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from pathlib import Path
from typing import Literal

import msgspec

from fakeapns import ThreadedAPNs
from fakeapns.ledger import ApiNotification, ApiRequest, ApiResponse, SettingsSeen
from fakeapns.provider import Address
from fakeapns.scenario.faults import Service

Auth = Literal["certificate", "token"]

TOPIC = "com.example.app"
COUNT = 300
TOKENS = [hashlib.sha256(b"device %d" % number).hexdigest() for number in range(COUNT)]
#: One belongs to another app, and from one the app was removed.
STRANGE, GONE = TOKENS[COUNT // 2], TOKENS[-10]
SINCE = 1_600_000_000
#: The setting that says how many streams may be open.
STREAMS = 3
AT_FIRST, LATER = 1, 1000


class Ask(msgspec.Struct):
    """One push: to which device, and with which id if the client is to choose it."""

    token: str
    apns_id: str | None


class Order(msgspec.Struct):
    """What a driver reads: where to, whom to trust, who it is, and what to send.

    It signs with `p8` where there is one, and shows `pem`, `cert` and `key` else; `scratch` is a
    folder of its own.
    """

    host: str
    port: int
    ca: str
    topic: str
    pushes: list[Ask]
    scratch: str
    pem: str | None = None
    cert: str | None = None
    key: str | None = None
    p8: str | None = None
    key_id: str | None = None
    team_id: str | None = None
    #: A token that is signed already, for clients that cannot.
    jwt: str | None = None
    #: The URL of a proxy, for clients that are told of one.
    proxy: str | None = None
    #: Without TLS HTTP/2 is known beforehand.
    scheme: Literal["https", "http"] = "https"
    #: Seconds that it waits for an answer; apns2 has no such thing.
    patience: float = 30


class Said(msgspec.Struct):
    """What a client says it was answered. `timestamp` is of 410, and `apns_id` is None where it
    does not tell.
    """

    status: int
    reason: str | None = None
    apns_id: str | None = None
    timestamp: int | None = None


class Told(msgspec.Struct):
    """What a driver prints: the answers by token, and what went wrong otherwise."""

    answers: dict[str, Said]
    wrong: list[str] = []


def prepare(apns: ThreadedAPNs) -> None:
    """One device that belongs to another app, and one without the app."""
    apns.devices.add("com.example.other", token=STRANGE)
    apns.devices.add(TOPIC, token=GONE, state="uninstalled", since=SINCE)


def order(
    apns: ThreadedAPNs,
    auth: Auth,
    scratch: Path,
    *,
    count: int = COUNT,
    service: Service = "api",
) -> Order:
    """The first so many pushes to this service. Every second one has an id from the start."""
    address: Address = getattr(apns, service)
    chosen = TOKENS[:count]
    pushes = [
        Ask(token, str(uuid.uuid5(uuid.NAMESPACE_OID, token)) if number % 2 else None)
        for number, token in enumerate(chosen)
    ]
    asked = Order(address.host, address.port, apns.ca_file, TOPIC, pushes, str(scratch))
    if auth == "token":
        key = apns.provider_key()
        asked.p8, asked.key_id, asked.team_id = str(key.p8_file), key.key_id, key.team_id
        asked.jwt = key.token()
    else:
        client = apns.client_certificate()
        asked.pem = client.pem_file
        asked.cert, asked.key = client.certificate_file, client.key_file
    return asked


def check(apns: ThreadedAPNs, asked: Order, told: Told) -> None:
    """Every push is there once, and the client knows of each what the record says."""
    assert told.wrong == []
    assert set(told.answers) == set(TOKENS)
    entries = apns.ledger.of(ApiNotification)
    assert Counter(each.token for each in entries) == Counter(TOKENS)
    assert apns.ledger.of(ApiRequest) == []
    by_token = {each.token: each for each in entries}
    for push in asked.pushes:
        entry, said = by_token[push.token], told.answers[push.token]
        assert entry.answered
        assert (said.status, said.reason) == (entry.http_status, entry.reason)
        assert said.apns_id in (None, entry.apns_id)
        assert push.apns_id in (None, entry.apns_id)
    _check_the_refused(apns, told)


def _check_the_refused(apns: ThreadedAPNs, told: Told) -> None:
    refused = {token: said for token, said in told.answers.items() if said.status != 200}
    assert set(refused) == {STRANGE, GONE}
    strange, gone = refused[STRANGE], refused[GONE]
    assert (strange.status, strange.reason) == (400, "DeviceTokenNotForTopic")
    assert (gone.status, gone.reason, gone.timestamp) == (410, "Unregistered", SINCE * 1000)
    responses = [(each.http_status, each.reason) for each in apns.ledger.of(ApiResponse)]
    assert sorted(responses) == [(strange.status, strange.reason), (gone.status, gone.reason)]


def limits(apns: ThreadedAPNs) -> list[list[int]]:
    """How many streams the server allowed, one after the other, on each connection with pushes."""
    seen: dict[int, list[int]] = {each.connection: [] for each in apns.ledger.of(ApiNotification)}
    for each in apns.ledger.of(SettingsSeen):
        if each.by == "server" and each.connection in seen:
            seen[each.connection].append(each.values[STREAMS])
    return list(seen.values())
