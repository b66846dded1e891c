"use strict";

// fakeapns in place of Apple: a server for each test, gone with it.

const { execFile, spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");
const { promisify } = require("node:util");

const SCENARIOS = path.join(__dirname, "scenarios");

class FakeApns {
  #folder;
  #ready;

  constructor(folder) {
    this.#folder = folder;
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

  /** All pushes that came so far, in their order, or those with one outcome. */
  pushes(outcome) {
    const lines = fs.readFileSync(path.join(this.#folder, "ledger.jsonl"), "utf8").trim().split("\n");
    return lines
      .map((line) => JSON.parse(line))
      .filter((entry) => entry.kind === "notification" && outcome in { [entry.outcome]: 0, undefined: 0 });
  }

  /** Fails, saying what was lost or sent twice, unless all of these arrived: `{ token, payload }`. */
  async audit(intended) {
    const work = path.join(this.#folder, "intended.jsonl");
    fs.writeFileSync(work, intended.map((each) => JSON.stringify(each) + "\n").join(""));
    await promisify(execFile)("fakeapns", ["audit", path.join(this.#folder, "ledger.jsonl"), "--intended", work]);
  }
}

/** Starts a server, with one of our scenarios if it is named. `t` is the test that it is for. */
async function serve(t, scenario) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "fakeapns-"));
  const options = ["--gateway-port", "0", "--feedback-port", "0", "--ready-file", "ready.json"];
  options.push("--ledger", "ledger.jsonl", "--quiet");
  if (scenario) options.push("--scenario", path.join(SCENARIOS, `${scenario}.toml`));
  const server = spawn("fakeapns", ["serve", ...options], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  t.after(async () => {
    server.kill();
    await ended;
    fs.rmSync(folder, { recursive: true });
  });
  for await (const line of readline.createInterface({ input: server.stdout })) {
    if (line.startsWith("ready")) return new FakeApns(folder);
  }
  throw new Error("fakeapns did not start; it has said why above");
}

module.exports = { serve };
