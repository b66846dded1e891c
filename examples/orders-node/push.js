"use strict";

// Sends to Apple, and tries again what may work later.

const apn = require("@parse/node-apn");
const { setTimeout: sleep } = require("node:timers/promises");

/** Milliseconds between tries. */
const PAUSES = [1000, 2000, 4000, 8000];

/** Who we are to Apple, and where it is if not where it always is. */
function accountFrom(environ) {
  return {
    topic: environ.APNS_TOPIC,
    key: environ.APNS_AUTH_KEY,
    keyId: environ.APNS_KEY_ID,
    teamId: environ.APNS_TEAM_ID,
    production: environ.APNS_SANDBOX !== "yes",
    address: environ.APNS_API_HOST,
    port: environ.APNS_API_PORT,
    ca: environ.APNS_CA,
  };
}

class Sender {
  #account;
  #sleep;
  #provider;

  constructor(account, pause = sleep) {
    this.#account = account;
    this.#sleep = pause;
    this.#provider = this.#connect();
  }

  get topic() {
    return this.#account.topic;
  }

  /** Apple's last word on this push: `{ status, reason, timestamp }`. */
  async send(notification, token) {
    for (const pause of PAUSES) {
      const answer = await this.#try(notification, token);
      if (!mayWorkLater(answer)) return answer;
      await this.#sleep(pause);
    }
    return this.#try(notification, token);
  }

  async #try(notification, token) {
    const provider = this.#provider;
    const { failed } = await provider.send(notification, token);
    if (failed.length === 0) return { status: 200 };
    const [{ status, response, error }] = failed;
    const answer = { status, reason: error?.message, ...response };
    if (answer.reason === "ExpiredProviderToken" && provider === this.#provider) {
      // On this connection Apple would take no other for 20 minutes.
      this.#provider = this.#connect();
      provider.shutdown();
    }
    return answer;
  }

  #connect() {
    const { key, keyId, teamId, production, address, port, ca } = this.#account;
    return new apn.Provider({
      token: { key, keyId, teamId },
      production,
      address,
      port,
      ca,
      connectionRetryLimit: 0, // the library tries again at once, without a pause
    });
  }

  /** Let go of all connections. */
  close() {
    return new Promise((resolve) => this.#provider.shutdown(resolve));
  }
}

function mayWorkLater({ status, reason }) {
  // Without a number Apple has not answered.
  return typeof status !== "number" || status === 429 || status >= 500 || reason === "ExpiredProviderToken";
}

module.exports = { Sender, accountFrom };
