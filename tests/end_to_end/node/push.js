"use strict";

// Sends with @parse/node-apn. Reads what to do from standard input, as JSON, and prints what came
// of it.

const apn = require("@parse/node-apn");
const order = JSON.parse(require("fs").readFileSync(0, "utf8"));

async function main() {
  const signs =
    order.p8 === null
      ? { cert: order.cert, key: order.key }
      : { token: { key: order.p8, keyId: order.key_id, teamId: order.team_id } };
  const by = order.proxy === null ? null : new URL(order.proxy);
  const provider = new apn.Provider({
    ...signs,
    proxy: by && { host: by.hostname, port: by.port },
    address: order.host,
    port: order.port,
    ca: order.ca,
    production: true,
    requestTimeout: order.patience * 1000,
  });
  const told = { answers: {}, wrong: [] };
  const push = async ({ token, apns_id }) => {
    const notification = new apn.Notification({ topic: order.topic, alert: "Hello" });
    notification.pushType = "alert";
    if (apns_id !== null) notification.id = apns_id;
    const { sent, failed } = await provider.send(notification, token);
    for (const each of sent) {
      told.answers[each.device] = { status: 200, apns_id: each["apns-id"] };
    }
    for (const each of failed) {
      if (each.response === undefined) told.wrong.push(String(each.error));
      else {
        const { status, response } = each;
        told.answers[each.device] = { status, apns_id: each["apns-id"], ...response };
      }
    }
  };
  await Promise.all(order.pushes.map(push));
  await provider.shutdown();
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
