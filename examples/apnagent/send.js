"use strict";

// Sends a work list with apnagent 1.1.3, then reads feedback.

const fs = require("fs");
const apnagent = require("apnagent");
const util = require("apnagent/lib/apnagent/util");
const { env } = process;

// apnagent knows Apple's addresses only: these two functions hand them out.
point("gatewayOptions", env.APNS_GATEWAY_HOST, env.APNS_GATEWAY_PORT);
point("feedbackOptions", env.APNS_FEEDBACK_HOST, env.APNS_FEEDBACK_PORT);

// Milliseconds without anything happening that are taken for the end: long enough for a late
// error, since the service says nothing when all is well.
const QUIET = 2500;
const told = { written: 0, refused: 0, expired: 0 };

const agent = present(new apnagent.Agent());
agent.on("message:error", (error) => {
  console.error(`${error.name} ${error.code}: ${error.message}`);
  told.refused += 1;
});
agent.on("gateway:error", (error) => console.error(`gateway: ${error.message}`));
// Not said of a connection that apnagent replaces, only when it gives up, or is told to close.
const givenUp = () => fail("the gateway is gone, and apnagent does not try again");
agent.on("gateway:close", givenUp);
agent.connect((error) => {
  if (error) fail(error.message);
});

for (const line of fs.readFileSync(env.APNS_WORK, "utf8").split("\n").filter(Boolean)) {
  const { token, payload, expiration } = JSON.parse(line);
  const { aps, ...rest } = payload;
  const message = agent.createMessage().device(token).set(rest);
  if (aps.alert !== undefined) message.alert(aps.alert);
  if (aps.badge !== undefined) message.badge(aps.badge);
  // A moment: what expires() takes is counted from now, and rounded.
  if (expiration) message.expires(true).meta.expires = expiration;
  message.send(() => (told.written += 1));
}
whenQuiet(
  () => !agent.connected || agent.queue.length > 0,
  () => {
    agent.off("gateway:close", givenUp);
    agent.close(readFeedback);
  },
);

function readFeedback() {
  const feedback = present(new apnagent.Feedback());
  feedback.on("feedback:error", (error) => fail(error.message));
  feedback.use((device, timestamp, next) => {
    told.expired += 1;
    next();
  });
  feedback.connect((error) => {
    if (error) fail(error.message);
    whenQuiet(
      () => feedback.length > 0,
      () => {
        console.log(`${told.written} written, ${told.refused} refused, ${told.expired} expired`);
        // apnagent means to ask again every half an hour.
        process.exit();
      },
    );
  });
}

function whenQuiet(busy, done) {
  let before;
  const timer = setInterval(() => {
    const now = JSON.stringify(told);
    if (now === before && !busy()) {
      clearInterval(timer);
      done();
    }
    before = now;
  }, QUIET);
}

function present(client) {
  return client
    .set("cert file", env.APNS_CERT)
    .set("key file", env.APNS_KEY)
    .set("ca", fs.readFileSync(env.APNS_CA));
}

function point(name, host, port) {
  const original = util[name];
  util[name] = (client) => ({ ...original(client), host, port: Number(port) });
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
