"use strict";

// Sends a work list with apns2 12.2.0.

const fs = require("fs");
const { ApnsClient, Notification, Priority } = require("apns2");
const { env } = process;

const AT_ONCE = 100; // pushes underway
// Milliseconds for a push. The library has no patience of its own: undici waits for five minutes.
const PATIENCE = 20_000;
const client = new ApnsClient({
  team: env.APNS_TEAM_ID,
  keyId: env.APNS_KEY_ID,
  signingKey: fs.readFileSync(env.APNS_AUTH_KEY),
  defaultTopic: env.APNS_TOPIC,
});
const told = { sent: 0, refused: 0, failed: 0 };
const gone = new Set(); // tokens that are no good any more

// Its port is 443, and nothing says otherwise: so its connections are replaced by others with the
// library's own settings.
function redirect() {
  const { Pool } = require("undici");
  client.client.close();
  client.client = new Pool(`https://${env.APNS_API_HOST}:${env.APNS_API_PORT}`, {
    connections: 32,
    pipelining: 1,
    allowH2: true,
    maxConcurrentStreams: 100,
    connect: { ca: fs.readFileSync(env.APNS_CA) },
  });
}

// What is to be sent, in the library's words. What is for the background is not urgent.
function asNotification(item) {
  const { token, payload, topic, push_type: type = "alert" } = item;
  const { aps, ...data } = payload;
  const usual = type === "background" ? Priority.throttled : Priority.immediate;
  const { priority = usual, expiration, collapse_id: collapseId } = item;
  return new Notification(token, { aps, data, topic, type, priority, expiration, collapseId });
}

function withPatience(sending) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, PATIENCE, new Error("no answer in time"));
  });
  return Promise.race([sending, late]).finally(() => clearTimeout(timer));
}

async function send(item) {
  try {
    await withPatience(client.send(asNotification(item)));
    told.sent += 1;
  } catch (error) {
    if (error.statusCode === undefined) {
      told.failed += 1;
      console.error(`${item.token}: ${error}`);
      return;
    }
    told.refused += 1;
    const since = (item.registered ?? 0) * 1000;
    if (error.statusCode === 410 && error.timestamp >= since) gone.add(item.token);
  }
}

async function sendAll(work) {
  for (const item of work) if (!gone.has(item.token)) await send(item);
}

async function main() {
  redirect();
  const lines = fs.readFileSync(env.APNS_WORK, "utf8").split("\n").filter(Boolean);
  // It knows no broadcasts.
  const work = lines.map((line) => JSON.parse(line)).filter((item) => item.token).values();
  await Promise.all(Array.from({ length: AT_ONCE }, () => sendAll(work)));
  await client.destroy();
  console.log(`${told.sent} sent, ${told.refused} refused, ${told.failed} failed`);
}

main();
