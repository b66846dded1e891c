"use strict";

// fakeapns in place of Apple, as a server of its own.

const { execFile, spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");
const { promisify } = require("node:util");

class FakeApns {
  #folder;
  #server;
  #ended;
  #ready;

  constructor(folder, server, ended) {
    this.#folder = folder;
    this.#server = server;
    this.#ended = ended;
    this.#ready = JSON.parse(fs.readFileSync(path.join(folder, "ready.json")));
  }

  /** What a sender has to know, as push.js wants it. */
  get account() {
    const [key] = this.#ready.keys;
    return {
      topic: "com.example.app",
      key: key.p8,
      keyId: key.key_id,
      teamId: key.team_id,
      address: this.#ready.api.host,
      port: this.#ready.api.port,
      ca: this.#ready.ca,
    };
  }

  /** The environment of a program that knows Apple's address only: see redirect.js. */
  get environment() {
    const { topic, key, keyId, teamId, ca } = this.account;
    return {
      ...process.env,
      NODE_OPTIONS: `--require ${path.join(__dirname, "redirect.js")}`,
      APNS_API_URL: this.#ready.api.url,
      NODE_EXTRA_CA_CERTS: ca,
      APNS_TOPIC: topic,
      APNS_AUTH_KEY: key,
      APNS_KEY_ID: keyId,
      APNS_TEAM_ID: teamId,
    };
  }

  /** All pushes that came to this phone so far, in their order. */
  pushesTo(token) {
    const lines = fs.readFileSync(path.join(this.#folder, "ledger.jsonl"), "utf8").trim().split("\n");
    return lines
      .map((line) => JSON.parse(line))
      .filter((entry) => entry.kind === "notification" && entry.token === token);
  }

  /** Fails, saying what was lost or sent twice, unless all of these arrived: `{ token, payload }`. */
  async audit(intended) {
    const work = path.join(this.#folder, "intended.jsonl");
    fs.writeFileSync(work, intended.map((each) => JSON.stringify(each) + "\n").join(""));
    await promisify(execFile)("fakeapns", ["audit", path.join(this.#folder, "ledger.jsonl"), "--intended", work]);
  }

  async stop() {
    this.#server.kill();
    await this.#ended;
    fs.rmSync(this.#folder, { recursive: true });
  }
}

/** Starts a server that plays one of our scenarios; stop it in the end. */
async function serve(scenario) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "fakeapns-"));
  const options = ["--gateway-port", "0", "--feedback-port", "0", "--ready-file", "ready.json"];
  options.push("--ledger", "ledger.jsonl", "--quiet");
  options.push("--scenario", path.join(__dirname, "scenarios", `${scenario}.toml`));
  const server = spawn("fakeapns", ["serve", ...options], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "close").catch(() => {}); // where it could not even be started
  for await (const line of readline.createInterface({ input: server.stdout })) {
    if (line.startsWith("ready")) return new FakeApns(folder, server, ended);
  }
  throw new Error("fakeapns did not start: it says why above, or is not on the PATH");
}

module.exports = { serve };
