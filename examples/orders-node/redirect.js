"use strict";

// For a program that knows Apple's address only: `node --require ./redirect.js program.js` leads it
// to APNS_API_URL. Whom to trust it takes from NODE_EXTRA_CA_CERTS, as every program of Node.

const http2 = require("node:http2");

const { connect } = http2;
const { hostname: host, port } = new URL(process.env.APNS_API_URL);

http2.connect = (_, options, ...rest) => connect(`https://${host}:${port}`, { ...options, host, port }, ...rest);
