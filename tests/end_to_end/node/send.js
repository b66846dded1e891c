"use strict";

// Sends with apn. Reads what to do from standard input, as JSON, and prints what became of it.

const apn = require("apn");
const order = JSON.parse(require("fs").readFileSync(0, "utf8"));

const server = {
  address: order.host,
  ca: order.ca,
  cert: order.cert,
  key: order.key,
  production: false,
};
const told = { refused: {}, feedback: [] };

const gateway = new apn.Connection({ ...server, port: order.gatewayPort });
gateway.on("transmissionError", (code, notification, device) => {
  told.refused[device] = code;
});
gateway.on("error", fail);
for (const token of order.tokens) {
  const notification = new apn.Notification();
  notification.alert = order.alert;
  gateway.pushNotification(notification, token);
}
// Closes once all is written and nothing has come back for a while.
gateway.shutdown();

// Nothing is left to do, so every connection is closed: now for the feedback.
process.once("beforeExit", () => {
  const feedback = new apn.Feedback({ ...server, port: order.feedbackPort, interval: 0 });
  feedback.on("error", fail);
  feedback.on("feedbackError", fail);
  feedback.on("feedback", (items) => {
    told.feedback.push(...items.map((item) => item.device.toString()));
  });
  process.once("beforeExit", () => console.log(JSON.stringify(told)));
});

function fail(error) {
  console.error(error);
  process.exit(1);
}
