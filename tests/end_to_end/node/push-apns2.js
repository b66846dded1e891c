"use strict";

// Sends with apns2. Reads what to do from standard input, as JSON, and prints what came of it.

const { ApnsClient, Notification } = require("apns2");
const fs = require("fs");
const { Pool } = require("undici");
const order = JSON.parse(fs.readFileSync(0, "utf8"));

async function main() {
  const client = new ApnsClient({
    team: order.team_id,
    keyId: order.key_id,
    signingKey: fs.readFileSync(order.p8),
    defaultTopic: order.topic,
    host: order.host,
  });
  // Its port is 443, and nothing says otherwise, so its connections are replaced.
  await client.client.close();
  client.client = new Pool(`https://${order.host}:${order.port}`, {
    allowH2: true,
    connect: { ca: fs.readFileSync(order.ca) },
    connections: 1,
  });
  const told = { answers: {}, wrong: [] };
  const push = async ({ token }) => {
    try {
      await client.send(new Notification(token, { alert: "Hello" }));
      told.answers[token] = { status: 200 };
    } catch (error) {
      if (error.statusCode === undefined) told.wrong.push(String(error));
      else {
        const { statusCode: status, reason, response } = error;
        told.answers[token] = { status, reason, timestamp: response.timestamp ?? null };
      }
    }
  };
  await Promise.all(order.pushes.map(push));
  await client.close();
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
