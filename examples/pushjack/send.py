"""Sends a work list with pushjack 1.6.0, then reads feedback. Python 3.11 at the latest."""

import json
import os
import time

from pushjack import APNSClient
from pushjack.apns import APNSMessage, APNSMessageStream


class Client(APNSClient):
    """A client of the server that the environment names."""

    host = os.environ["APNS_GATEWAY_HOST"]
    port = int(os.environ["APNS_GATEWAY_PORT"])
    feedback_host = os.environ["APNS_FEEDBACK_HOST"]
    feedback_port = int(os.environ["APNS_FEEDBACK_PORT"])


class Messages(APNSMessageStream):
    """A message of its own for each token, where pushjack has one for all of them.

    `Client.send` once for each would number every notification 0, and take the error that
    names one of them for the error of another.
    """

    def __init__(self, work):
        month = int(time.time()) + 30 * 24 * 3600
        tokens = [item["token"] for item in work]
        # Things go wrong at round numbers here: with batches of 100, its default, they would
        # go wrong between two batches, which is kinder than life.
        super().__init__(tokens, APNSMessage(), month, priority=10, batch_size=70)
        self.payloads = [json.dumps(item["payload"]).encode() for item in work]
        self.expirations = [item.get("expiration", month) for item in work]

    def pack(self, token, identifier, message, expiration, priority):
        """A frame; the identifier is the token's place in the list."""
        payload, expiration = self.payloads[identifier], self.expirations[identifier]
        return super().pack(token, identifier, payload, expiration, priority)


def main():
    """Send everything, read feedback once, tell."""
    with open(os.environ["APNS_WORK"], encoding="utf-8") as file:
        work = [json.loads(line) for line in file]
    client = Client(certificate=os.environ["APNS_PEM"])
    # As long as the last errors may take; pushjack's own 10 seconds would only be slower.
    response = client.conn.sendall(Messages(work), error_timeout=3)
    client.close()
    print(f"{len(response.successes)} sent, {len(response.failures)} refused")
    print(f"{len(client.get_expired_tokens())} expired")


main()
