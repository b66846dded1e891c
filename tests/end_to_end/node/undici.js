"use strict";

// Sends with undici, by its agent for proxies. Reads what to do from standard input, as JSON, and
// prints what came of it.

const fs = require("fs");
const { ProxyAgent, request } = require("undici");
const order = JSON.parse(fs.readFileSync(0, "utf8"));

async function main() {
  const dispatcher = new ProxyAgent({
    uri: order.proxy,
    // Both: what is spoken in a tunnel is agreed upon apart from what an agent may speak.
    allowH2: true,
    requestTls: { ca: fs.readFileSync(order.ca), allowH2: true },
  });
  const headers = {
    "apns-topic": order.topic,
    "apns-push-type": "alert",
    authorization: `bearer ${order.jwt}`,
  };
  const told = { answers: {}, wrong: [] };
  const push = async ({ token, apns_id }) => {
    const answer = await request(`https://${order.host}:${order.port}/3/device/${token}`, {
      method: "POST",
      dispatcher,
      headers: apns_id === null ? headers : { ...headers, "apns-id": apns_id },
      body: JSON.stringify({ aps: { alert: "Hello" } }),
    });
    const said = await answer.body.text();
    told.answers[token] = {
      status: answer.statusCode,
      apns_id: answer.headers["apns-id"],
      ...(said ? JSON.parse(said) : {}),
    };
  };
  await Promise.all(order.pushes.map(push));
  await dispatcher.close();
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
