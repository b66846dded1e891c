"use strict";

// What the shop's customers see, and what the shop does when Apple says no.

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { after, before, test } = require("node:test");
const { Devices } = require("./devices");
const { Sender } = require("./push");
const { Shop } = require("./shop");
const { serve } = require("./fakeapns");

/** Each test has phones of its own, so that one server does for all. */
const phones = Array.from({ length: 10 }, (_, number) => number.toString(16).padStart(64, "0"));
const [REMOVED, TESTER, BUSY, EXPIRED] = ["1b", "2c", "3d", "4e"].map((byte) => byte.repeat(32)); // see phones.toml
let apple;

before(async () => {
  apple = await serve("phones");
});
after(() => apple.stop());

/** A shop that sends to this server; `pauses` are those that it made, without waiting. */
function open(t, apns = apple) {
  const devices = new Devices();
  const pauses = [];
  const sender = new Sender(apns.account, async (pause) => pauses.push(pause));
  t.after(() => sender.close());
  return { devices, pauses, shop: new Shop(devices, sender) };
}

test("a shipped order is announced", async (t) => {
  const { shop } = open(t);
  const [phone, other] = phones.splice(0, 2);
  shop.appOpened("ann", phone);
  shop.appOpened("bob", other);

  const report = await shop.shipped("ann", "A-17", "Back on Monday.");

  assert.deepEqual(report, { sent: [phone], gone: [], failed: {} });
  assert.deepEqual(apple.pushesTo(other), []);
  const [push] = apple.pushesTo(phone);
  assert.equal(push.outcome, "accepted");
  assert.equal(push.push_type, "alert");
  assert.equal(push.collapse_id, "order-A-17");
  assert.deepEqual(push.payload.aps.alert, { title: "Order A-17 is on its way", body: "Back on Monday." });
  assert.deepEqual(push.warnings, []); // nothing in it that a phone would ignore
  const inADay = Date.now() / 1000 + 24 * 60 * 60;
  assert.ok(push.expiration <= inADay && push.expiration > inADay - 60);
});

test("the app is told of a change without a sound", async (t) => {
  const { shop } = open(t);
  const phone = phones.pop();
  shop.appOpened("ann", phone);

  await shop.changed("ann");

  const [push] = apple.pushesTo(phone);
  assert.equal(push.outcome, "accepted");
  assert.deepEqual(push.payload, { aps: { "content-available": 1 } });
  assert.equal(push.push_type, "background");
  assert.equal(push.priority, 5); // 10 is an error here, says Apple
  assert.deepEqual(push.warnings, []);
});

test("a long note is cut to what Apple carries", async (t) => {
  const { shop } = open(t);
  const phone = phones.pop();
  shop.appOpened("ann", phone);

  await shop.shipped("ann", "A-17", "Voilà ! 🎁 ".repeat(1000));

  const [push] = apple.pushesTo(phone);
  assert.equal(push.outcome, "accepted", push.reason);
  assert.ok(push.payload.aps.alert.body.startsWith("Voilà ! 🎁 Voilà"));
});

test("a removed app is struck off, and one that came back stays", async (t) => {
  const { devices, shop } = open(t);

  devices.register("ann", REMOVED, new Date(Date.now() - 2 * 60 * 60 * 1000));
  assert.deepEqual((await shop.shipped("ann", "A-17")).gone, [REMOVED]);
  assert.deepEqual(devices.of("ann"), []);

  devices.register("ann", REMOVED);
  assert.deepEqual((await shop.shipped("ann", "A-18")).failed, { [REMOVED]: "Unregistered" });
  assert.deepEqual(devices.of("ann"), [REMOVED]);
});

test("a phone is not struck off for our own mistake", async (t) => {
  const { devices, shop } = open(t);
  shop.appOpened("ann", TESTER); // for which production says BadDeviceToken

  const report = await shop.shipped("ann", "A-17");

  assert.deepEqual(report.failed, { [TESTER]: "BadDeviceToken" });
  assert.deepEqual(devices.of("ann"), [TESTER]);
  assert.equal(apple.pushesTo(TESTER).length, 1); // and it was not sent again: that cannot help
});

test("what may work later is tried again", async (t) => {
  const { pauses, shop } = open(t);
  shop.appOpened("ann", BUSY);

  const report = await shop.shipped("ann", "A-17");

  assert.deepEqual(report.sent, [BUSY]);
  assert.deepEqual(pauses, [1000, 2000]);
  const pushes = apple.pushesTo(BUSY);
  assert.deepEqual(
    pushes.map((push) => push.status),
    ["TooManyRequests", "TooManyRequests", null],
  );
  assert.equal(new Set(pushes.map((push) => push.apns_id)).size, 1); // the same push each time
});

test("an expired token is replaced", async (t) => {
  const { shop } = open(t);
  shop.appOpened("ann", EXPIRED);

  const report = await shop.shipped("ann", "A-17");

  assert.deepEqual(report.sent, [EXPIRED]);
  const [refused, sent] = apple.pushesTo(EXPIRED);
  assert.equal(refused.status, "ExpiredProviderToken");
  assert.notEqual(sent.connection, refused.connection); // where Apple would take no other so soon
});

test("in a rush nobody is forgotten, and nobody is told twice", async (t) => {
  const apns = await serve("rush");
  t.after(() => apns.stop());
  const { shop } = open(t, apns);
  const many = Array.from({ length: 100 }, (_, number) => number.toString(16).padStart(64, "0"));
  for (const phone of many) shop.appOpened(phone, phone);

  await Promise.all(many.map((phone) => shop.changed(phone)));

  await apns.audit(many.map((token) => ({ token, payload: { aps: { "content-available": 1 } } })));
});

test("the whole program, with Apple's address as in production", async () => {
  const phone = phones.pop();
  const program = spawn(process.execPath, ["shop.js"], {
    cwd: __dirname,
    env: apple.environment,
    stdio: ["pipe", "ignore", "ignore"],
  });

  program.stdin.end(
    [
      `{"event": "app opened", "customer": "ann", "token": "${phone}"}`,
      "gibberish",
      `{"event": "shipped", "customer": "ann", "order": "A-17"}`,
    ].join("\n"),
  );
  assert.deepEqual(await once(program, "exit"), [0, null]);

  const [push] = apple.pushesTo(phone);
  assert.equal(push.outcome, "accepted");
});
