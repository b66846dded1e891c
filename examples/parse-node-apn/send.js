"use strict";

// Sends a work list with @parse/node-apn 8.1.0.

const { randomUUID } = require("crypto");
const fs = require("fs");
const apn = require("@parse/node-apn");
const { env } = process;

const AT_ONCE = 100; // pushes underway
// Its patience is its own: requestTimeout, five seconds.
const provider = new apn.Provider({
  token: { key: env.APNS_AUTH_KEY, keyId: env.APNS_KEY_ID, teamId: env.APNS_TEAM_ID },
  address: env.APNS_API_HOST,
  port: Number(env.APNS_API_PORT),
  ca: env.APNS_CA,
  production: true,
});
const told = { sent: 0, refused: 0, failed: 0 };
const gone = new Set(); // tokens and channels that are no good any more
const FINAL = new Set(["ChannelNotRegistered", "BroadcastFeatureNotEnabled"]);

// What is to be sent, in the library's words, with an id that stays the same when it tries again. What
// is for the background is not urgent.
function asNotification(item) {
  const { payload, topic, push_type = "alert", priority, expiration, collapse_id } = item;
  const notification = new apn.Notification({ rawPayload: payload, topic, pushType: push_type });
  if (expiration !== undefined) notification.expiry = expiration;
  if (collapse_id !== undefined) notification.collapseId = collapse_id;
  notification.id = randomUUID();
  if (priority !== undefined) notification.priority = priority;
  else if (push_type === "background") notification.priority = 5;
  return notification;
}

function broadcast({ channel, payload, topic, expiration = 0, priority = 10 }) {
  const notification = new apn.Notification({ rawPayload: payload, pushType: "liveactivity" });
  notification.channelId = channel;
  notification.expiry = expiration; // which a broadcast has to say
  notification.priority = priority;
  return provider.broadcast(notification, topic);
}

async function send(item) {
  const { channel, token, registered = 0 } = item;
  const sending = channel ? broadcast(item) : provider.send(asNotification(item), token);
  const [failure] = (await sending).failed;
  if (failure === undefined) {
    told.sent += 1;
  } else if (failure.response === undefined) {
    told.failed += 1;
    console.error(`${channel ?? token}: ${failure.error}`);
  } else {
    told.refused += 1;
    const { status, response } = failure;
    const { reason, timestamp } = response;
    if (status === 410 && timestamp >= registered * 1000) gone.add(token);
    if (FINAL.has(reason)) gone.add(channel);
  }
}

async function sendAll(work) {
  for (const item of work) if (!gone.has(item.channel ?? item.token)) await send(item);
}

async function main() {
  const lines = fs.readFileSync(env.APNS_WORK, "utf8").split("\n").filter(Boolean);
  const work = lines.map((line) => JSON.parse(line)).values();
  await Promise.all(Array.from({ length: AT_ONCE }, () => sendAll(work)));
  provider.shutdown();
  console.log(`${told.sent} sent, ${told.refused} refused, ${told.failed} failed`);
}

main();
