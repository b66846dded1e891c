"use strict";

// Which phones a customer has: device tokens, in memory.

class Devices {
  #known = new Map(); // token -> { customer, registeredAt }

  /** The app has told us its token, which it does each time it is opened: it was there `at` then. */
  register(customer, token, at = new Date()) {
    this.#known.set(token, { customer, registeredAt: at });
  }

  /** The tokens of a customer's phones. */
  of(customer) {
    return [...this.#known].filter(([, each]) => each.customer === customer).map(([token]) => token);
  }

  /**
   * Apple says that the app is gone since then. True if the phone is struck off, false if the app
   * has told us its token again after that.
   */
  gone(token, since) {
    const device = this.#known.get(token);
    return device !== undefined && device.registeredAt <= since && this.#known.delete(token);
  }
}

module.exports = { Devices };
