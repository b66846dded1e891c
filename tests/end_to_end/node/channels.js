"use strict";

// Manages channels and broadcasts with @parse/node-apn, one request after the other. Reads what to
// do from standard input, as JSON, and prints what came of each.

const apn = require("@parse/node-apn");
const order = JSON.parse(require("fs").readFileSync(0, "utf8"));

/** What to call for a step: the library's own words for what is asked. */
const ACTIONS = { POST: "create", GET: "read", DELETE: "delete" };

function ask(provider, step) {
  const notification = new apn.Notification();
  if (step.channel !== null) notification.channelId = step.channel;
  if (step.place === "broadcast") {
    notification.pushType = "liveactivity";
    notification.expiry = 0;
    notification.priority = 10;
    notification.rawPayload = step.body;
    return provider.broadcast(notification, step.app);
  }
  if (step.body !== null) notification.payload = step.body;
  const action = step.place === "all-channels" ? "readAll" : ACTIONS[step.method];
  return provider.manageChannels(notification, step.app, action);
}

async function main() {
  const provider = new apn.Provider({
    token: { key: order.p8, keyId: order.key_id, teamId: order.team_id },
    address: order.host,
    port: order.port,
    manageChannelsAddress: order.host,
    manageChannelsPort: order.port,
    ca: order.ca,
    requestTimeout: 30_000,
  });
  const told = [];
  for (const step of order.steps) {
    const { sent, failed } = await ask(provider, step);
    for (const { bundleId, ...said } of sent) {
      const { "apns-channel-id": channel, "apns-request-id": id, ...body } = said;
      told.push({ channel, has_id: id !== undefined, body });
    }
    for (const { status, response, error } of failed) {
      told.push({ status, reason: response?.reason, wrong: error && String(error) });
    }
  }
  await provider.shutdown();
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
