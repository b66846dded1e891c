"use strict";

// Sends a work list with apn 1.7.8, then reads feedback.

const fs = require("fs");
const apn = require("apn");
const { env } = process;

const server = { cert: env.APNS_CERT, key: env.APNS_KEY, ca: [env.APNS_CA], production: false };
const told = { refused: 0, expired: 0 };

const connection = new apn.Connection({
  ...server,
  address: env.APNS_GATEWAY_HOST,
  port: Number(env.APNS_GATEWAY_PORT),
});
connection.on("error", console.error);
connection.on("socketError", (error) => console.error(`socket: ${error.message}`));
connection.on("transmissionError", (status, notification) => {
  if (notification) told.refused += 1;
  else console.error(`status ${status} for a notification that apn does not know`);
});

for (const line of fs.readFileSync(env.APNS_WORK, "utf8").split("\n").filter(Boolean)) {
  const { token, payload, expiration } = JSON.parse(line);
  const { aps, ...rest } = payload;
  const notification = new apn.Notification(rest);
  if (aps.alert !== undefined) notification.alert = aps.alert;
  if (aps.badge !== undefined) notification.badge = aps.badge;
  if (expiration) notification.expiry = expiration;
  connection.pushNotification(notification, token);
}
// Closes once all is written and nothing has come back for 2.5 seconds.
connection.shutdown();

// Nothing is left to do, so every connection is closed: now for the feedback.
process.once("beforeExit", () => {
  const feedback = new apn.Feedback({
    ...server,
    address: env.APNS_FEEDBACK_HOST,
    port: Number(env.APNS_FEEDBACK_PORT),
    interval: 0,
  });
  feedback.on("error", console.error);
  feedback.on("feedbackError", console.error);
  feedback.on("feedback", (devices) => (told.expired += devices.length));
  process.once("beforeExit", () => {
    console.log(`${told.refused} refused, ${told.expired} expired`);
  });
});
