"""A shop that tells its customers on their phones what becomes of their orders.

Reads what happens from standard input, as JSON Lines:

    {"event": "app opened", "customer": "ann", "token": "9f2c..."}
    {"event": "shipped", "customer": "ann", "order": "A-17", "note": "With the neighbours."}
    {"event": "changed", "customer": "ann"}
"""

import asyncio
import json
import logging
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aioapns import NotificationRequest, PushType
from devices import Devices
from push import Account, Sender

log = logging.getLogger(__name__)

#: Bytes that Apple carries.
LIMIT = 4096
DAY = int(timedelta(days=1).total_seconds())


@dataclass
class Report:
    """What became of one message: the phones it is on its way to, those that have the app no more,
    and Apple's words for those where it went wrong.
    """

    sent: list = field(default_factory=list)
    gone: list = field(default_factory=list)
    failed: dict = field(default_factory=dict)


class Shop:
    """What happens in the shop, and whom that concerns."""

    def __init__(self, devices, sender):
        self._devices = devices
        self._sender = sender

    def app_opened(self, customer, token):
        self._devices.register(customer, token)

    async def shipped(self, customer, order, note=""):
        """A message that is worth a sound, for a day; a later one on the same order replaces it."""
        return await self._tell(
            customer,
            alert(f"Order {order} is on its way", note),
            push_type=PushType.ALERT,
            priority=10,
            time_to_live=DAY,
            collapse_key=f"order-{order}",
        )

    async def changed(self, customer):
        """Have the app fetch the orders anew, without a word to the customer."""
        return await self._tell(
            customer,
            {"aps": {"content-available": 1}},
            push_type=PushType.BACKGROUND,
            priority=5,
            collapse_key="orders",
        )

    async def _tell(self, customer, message, **how):
        report = Report()
        tokens = self._devices.of(customer)
        requests = [NotificationRequest(token, message, **how) for token in tokens]
        answers = await asyncio.gather(*map(self._sender.send, requests))
        for token, answer in zip(tokens, answers, strict=True):
            if answer.is_successful:
                report.sent.append(token)
            elif answer.status == "410" and self._devices.gone(token, moment(answer.timestamp)):
                report.gone.append(token)
            else:
                # BadDeviceToken as well: it may be we who are in the wrong environment.
                report.failed[token] = answer.description
                log.error("%s: %s (%s)", token, answer.status, answer.description)
        return report


def alert(title, text):
    """A payload, with as much of the text as Apple carries: it counts bytes of UTF-8."""
    text = text[:LIMIT]
    while True:
        payload = {"aps": {"alert": {"title": title, "body": text}, "sound": "default"}}
        if len(json.dumps(payload, ensure_ascii=False).encode()) <= LIMIT:
            return payload
        text = text[:-20].rstrip() + "…"


def moment(milliseconds):
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


async def serve(shop, lines):
    """Do what each line says. One that nobody understands is logged, and harms no other."""
    async for line in lines:
        try:
            match json.loads(line):
                case {"event": "app opened", "customer": customer, "token": token}:
                    shop.app_opened(customer, token)
                case {"event": "shipped", "customer": customer, "order": order, **rest}:
                    await shop.shipped(customer, order, rest.get("note", ""))
                case {"event": "changed", "customer": customer}:
                    await shop.changed(customer)
                case other:
                    log.error("not understood: %s", other)
        except ValueError:
            log.error("no JSON: %s", line)


async def typed():
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield line


async def main():
    sender = Sender(Account.from_environment())
    devices = Devices(os.environ.get("SHOP_DB", "shop.db"))
    try:
        await serve(Shop(devices, sender), typed())
    finally:
        await sender.close()
        devices.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
