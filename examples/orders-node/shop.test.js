"use strict";

// What the shop's customers see, and what the shop does when Apple says no.

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { test } = require("node:test");
const { Devices } = require("./devices");
const { Sender } = require("./push");
const { Shop } = require("./shop");
const { serve } = require("./fakeapns");

const PHONE = "ab".repeat(32);

/** A shop that sends to fakeapns; `pauses` are those that it made, without waiting. */
async function open(t, scenario) {
  const apns = await serve(t, scenario);
  const devices = new Devices();
  const pauses = [];
  const sender = new Sender(apns.account, async (pause) => pauses.push(pause));
  t.after(() => sender.close());
  return { apns, devices, pauses, shop: new Shop(devices, sender) };
}

test("a shipped order is announced", async (t) => {
  const { apns, shop } = await open(t);
  shop.appOpened("ann", PHONE);
  shop.appOpened("bob", "cd".repeat(32));

  const report = await shop.shipped("ann", "A-17", "Back on Monday.");

  assert.deepEqual(report, { sent: [PHONE], gone: [], failed: {} });
  const [push, ...others] = apns.pushes();
  assert.deepEqual(others, []);
  assert.equal(push.outcome, "accepted");
  assert.equal(push.token, PHONE);
  assert.equal(push.push_type, "alert");
  assert.equal(push.collapse_id, "order-A-17");
  assert.deepEqual(push.payload.aps.alert, { title: "Order A-17 is on its way", body: "Back on Monday." });
  assert.deepEqual(push.warnings, []); // nothing in it that a phone would ignore
  const inADay = Date.now() / 1000 + 24 * 60 * 60;
  assert.ok(push.expiration <= inADay && push.expiration > inADay - 60);
});

test("the app is told of a change without a sound", async (t) => {
  const { apns, shop } = await open(t);
  shop.appOpened("ann", PHONE);

  await shop.changed("ann");

  const [push] = apns.pushes("accepted");
  assert.deepEqual(push.payload, { aps: { "content-available": 1 } });
  assert.equal(push.push_type, "background");
  assert.equal(push.priority, 5); // 10 is an error here, says Apple
  assert.deepEqual(push.warnings, []);
});

test("a long note is cut to what Apple carries", async (t) => {
  const { apns, shop } = await open(t);
  shop.appOpened("ann", PHONE);

  await shop.shipped("ann", "A-17", "Voilà ! 🎁 ".repeat(1000));

  const [push] = apns.pushes();
  assert.equal(push.outcome, "accepted", push.reason);
  assert.ok(push.payload.aps.alert.body.startsWith("Voilà ! 🎁 Voilà"));
});

test("a removed app is struck off, and one that came back stays", async (t) => {
  const { devices, shop } = await open(t, "removed");
  const removed = "1b".repeat(32); // an hour ago

  devices.register("ann", removed, new Date(Date.now() - 2 * 60 * 60 * 1000));
  assert.deepEqual((await shop.shipped("ann", "A-17")).gone, [removed]);
  assert.deepEqual(devices.of("ann"), []);

  devices.register("ann", removed);
  assert.deepEqual((await shop.shipped("ann", "A-18")).failed, { [removed]: "Unregistered" });
  assert.deepEqual(devices.of("ann"), [removed]);
});

test("a phone is not struck off for our own mistake", async (t) => {
  const { apns, devices, shop } = await open(t, "tester");
  const tester = "2c".repeat(32);
  shop.appOpened("ann", tester);

  const report = await shop.shipped("ann", "A-17");

  assert.deepEqual(report.failed, { [tester]: "BadDeviceToken" });
  assert.deepEqual(devices.of("ann"), [tester]);
  assert.equal(apns.pushes().length, 1); // and it was not sent again: that cannot help
});

test("what may work later is tried again", async (t) => {
  const { apns, pauses, shop } = await open(t, "busy");
  shop.appOpened("ann", PHONE);

  const report = await shop.shipped("ann", "A-17");

  assert.deepEqual(report.sent, [PHONE]);
  assert.deepEqual(pauses, [1000, 2000]);
  assert.deepEqual(
    apns.pushes().map((push) => push.status),
    ["TooManyRequests", "TooManyRequests", null],
  );
  assert.equal(new Set(apns.pushes().map((push) => push.apns_id)).size, 1); // the same push each time
});

test("an expired token is replaced", async (t) => {
  const { apns, shop } = await open(t, "expired");
  shop.appOpened("ann", PHONE);

  const report = await shop.shipped("ann", "A-17");

  assert.deepEqual(report.sent, [PHONE]);
  assert.equal(apns.pushes("rejected").length, 1);
});

test("in a rush nobody is forgotten, and nobody is told twice", async (t) => {
  const { apns, shop } = await open(t, "rush");
  const phones = Array.from({ length: 100 }, (_, number) => number.toString(16).padStart(64, "0"));
  for (const phone of phones) shop.appOpened(phone, phone);

  await Promise.all(phones.map((phone) => shop.changed(phone)));

  await apns.audit(phones.map((token) => ({ token, payload: { aps: { "content-available": 1 } } })));
});

test("the whole program, with Apple's address as in production", async (t) => {
  const apns = await serve(t);
  const program = spawn(process.execPath, ["shop.js"], {
    cwd: __dirname,
    env: apns.environment,
    stdio: ["pipe", "ignore", "ignore"],
  });

  program.stdin.end(
    [
      `{"event": "app opened", "customer": "ann", "token": "${PHONE}"}`,
      "gibberish",
      `{"event": "shipped", "customer": "ann", "order": "A-17"}`,
    ].join("\n"),
  );
  assert.deepEqual(await once(program, "exit"), [0, null]);

  assert.deepEqual(
    apns.pushes("accepted").map((push) => push.token),
    [PHONE],
  );
});
