"use strict";

// A shop that tells its customers on their phones what becomes of their orders.
//
// Reads what happens from standard input, as JSON Lines:
//
//   {"event": "app opened", "customer": "ann", "token": "9f2c..."}
//   {"event": "shipped", "customer": "ann", "order": "A-17", "note": "With the neighbours."}
//   {"event": "changed", "customer": "ann"}

const { randomUUID } = require("node:crypto");
const readline = require("node:readline");
const apn = require("@parse/node-apn");
const { Devices } = require("./devices");
const { Sender, accountFrom } = require("./push");

/** Bytes that Apple carries. */
const LIMIT = 4096;
const DAY = 24 * 60 * 60; // seconds

class Shop {
  #devices;
  #sender;

  constructor(devices, sender) {
    this.#devices = devices;
    this.#sender = sender;
  }

  appOpened(customer, token) {
    this.#devices.register(customer, token);
  }

  /** A message that is worth a sound, for a day; a later one on the same order replaces it. */
  shipped(customer, order, note = "") {
    return this.#tell(customer, () => {
      const push = new apn.Notification({
        pushType: "alert",
        priority: 10,
        expiry: Math.floor(Date.now() / 1000) + DAY,
        collapseId: `order-${order}`,
        title: `Order ${order} is on its way`,
        sound: "default",
      });
      return withText(push, note);
    });
  }

  /** Have the app fetch the orders anew, without a word to the customer. */
  changed(customer) {
    return this.#tell(
      customer,
      () =>
        new apn.Notification({
          pushType: "background",
          priority: 5,
          collapseId: "orders",
          contentAvailable: true,
        }),
    );
  }

  async #tell(customer, make) {
    const report = { sent: [], gone: [], failed: {} };
    const tell = async (token) => {
      const push = make();
      push.topic = this.#sender.topic;
      push.id = randomUUID(); // the same one each time it is sent
      const { status, reason, timestamp } = await this.#sender.send(push, token);
      if (status === 200) report.sent.push(token);
      else if (status === 410 && this.#devices.gone(token, new Date(timestamp))) report.gone.push(token);
      // BadDeviceToken as well: it may be we who are in the wrong environment.
      else report.failed[token] = reason;
    };
    await Promise.all(this.#devices.of(customer).map(tell));
    return report;
  }
}

/** The push with as much of the text as Apple carries: it counts bytes of UTF-8. */
function withText(push, text) {
  let characters = [...text.slice(0, LIMIT)];
  push.body = text;
  while (Buffer.byteLength(JSON.stringify(push)) > LIMIT) {
    characters = characters.slice(0, -20);
    push.body = characters.join("") + "…";
  }
  return push;
}

/** Do what a line says. */
async function understand(shop, line) {
  const { event, customer, token, order, note } = JSON.parse(line);
  if (event === "app opened") shop.appOpened(customer, token);
  else if (event === "shipped") console.log(await shop.shipped(customer, order, note));
  else if (event === "changed") console.log(await shop.changed(customer));
  else throw new Error(`no such event: ${event}`);
}

async function main() {
  const sender = new Sender(accountFrom(process.env));
  const shop = new Shop(new Devices(), sender);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    await understand(shop, line).catch((error) => console.error(`not understood: ${error.message}`));
  }
  await sender.close();
}

if (require.main === module) main();

module.exports = { Shop };
