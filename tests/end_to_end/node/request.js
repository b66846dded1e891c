"use strict";

// Posts once with what Node brings along. Reads what to do from standard input, as JSON: the
// module (http, https or http2), where to, whom to trust, headers. Prints what was answered.

const order = JSON.parse(require("fs").readFileSync(0, "utf8"));
const library = require(order.module);
const body = JSON.stringify({ aps: { alert: "Hello" } });

function told(status, headers, answer) {
  let text = "";
  answer.setEncoding("utf8");
  answer.on("data", (part) => (text += part));
  answer.on("end", () => {
    console.log(JSON.stringify({ status, body: text, apns_id: headers["apns-id"] ?? null }));
  });
}

if (order.module === "http2") {
  const session = library.connect(order.origin, { ca: order.ca });
  const stream = session.request({ ":method": "POST", ":path": order.path, ...order.headers });
  stream.on("response", (headers) => told(headers[":status"], headers, stream));
  stream.on("close", () => session.close());
  stream.end(body);
} else {
  const request = library.request(new URL(order.path, order.origin), {
    method: "POST",
    ca: order.ca,
    headers: order.headers,
  });
  request.on("response", (answer) => told(answer.statusCode, answer.headers, answer));
  request.end(body);
}
