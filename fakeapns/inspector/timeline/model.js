// A trace as events: everything that happened on a connection, in order, with words for each.

/** What a mark has where the trace leaves a key out. */
const USUAL = {
  type: "notification", command: 2, identifier: null, topic: null, expiration: null,
  priority: null, outcome: "accepted", status: null, behind: null, cause: null, warnings: [],
  why: null, stream: null, apns_id: null, http_status: null, violations: null, answered: null,
  lost: false,
};
/** What a lane has where the trace leaves a count out. */
const NONE = {
  accepted: 0, rejected: 0, discarded: 0, malformed: 0, replays: 0, requests: 0, duplicates: 0,
  resent_after_refusal: 0, feedback: 0, delivered: 0, shown: 0, woken: 0, waiting: 0, nothing: 0,
};
const AGAIN = {
  replay: "sent again",
  rescue: "sent again, not having been answered",
  duplicate: "sent again though accepted",
  "resent-after-refusal": "sent again though refused",
};

/** The trace with its events in order; each knows its lane and its position. */
function readTrace(trace) {
  const lanes = [
    ...trace.lanes.map((lane) => ({ service: "gateway", ...NONE, ...lane })),
    ...trace.devices.map((lane) => ({ service: "device", ...NONE, ...lane })),
  ].map((lane, row) => ({ ...lane, row, events: [] }));
  const laneOf = new Map(lanes.map((lane) => [laneKey(lane), lane]));
  const ends = lanes.flatMap((lane) => [lane.opened, lane.refused, lane.closed]).filter(Boolean);
  const marks = trace.marks.map((mark) => ({
    ...USUAL, ...mark, content: trace.contents[mark.content],
    envelope: trace.envelopes[mark.envelope],
  }));
  const events = [...ends, ...marks, ...trace.signs].sort((one, other) => one.seq - other.seq);
  const bySeq = new Map();
  events.forEach((event, position) => {
    event.lane = laneOf.get(laneKey(event));
    event.position = position;
    event.lane.events.push(event);
    bySeq.set(event.seq, event);
  });
  for (const mark of marks) {
    const first = mark.earlier && bySeq.get(mark.earlier.seq);
    if (first) (first.again ||= []).push(mark);
  }
  tie(events.filter((event) => event.type === "delivery"), bySeq);
  for (const event of events) if (event.type === "response") event.names = named(event);
  const times = events.map((event) => event.t);
  const first = times.reduce((one, other) => Math.min(one, other), Infinity);
  const last = times.reduce((one, other) => Math.max(one, other), -Infinity);
  return { ...trace, lanes, events, bySeq, first, span: Math.max(0, last - first) };
}

/** What a lane is known by, and where an event is drawn. */
function laneKey(of) {
  return of.device === undefined ? of.connection : `device ${of.device}`;
}

/** What an answer on the same connection is for, if it is drawn: over HTTP/2 its stream says so. */
function named(response) {
  const key = response.stream === undefined ? "identifier" : "stream";
  const before = response.lane.events.filter(
    (event) => event[key] === response[key] && isFrame(event) && event.seq < response.seq,
  );
  return before.at(-1);
}

function isFrame(event) {
  return ["notification", "malformed", "request"].includes(event.type);
}

/** Whether HTTP says that all is well. */
function isFine(event) {
  return event.http_status >= 200 && event.http_status < 300;
}

/** Whether it is a request about channels that got what it asked for. */
function isDone(event) {
  return event.type === "request" && isFine(event);
}

/** What such a request came to. */
function done(event) {
  if (!event.channel) return "channels listed";
  return `channel ${{ POST: "made", GET: "shown", DELETE: "deleted" }[event.method] || "asked for"}`;
}

/** Whether it is for a channel, also where it names none. */
function isBroadcast(event) {
  return Boolean(event.envelope) && Boolean(event.envelope.channel || !event.content.token);
}

/** Whom a notification is for, in short. */
function whom(event) {
  if (isBroadcast(event)) return `channel ${event.envelope.channel || "(none)"}`;
  return `token ${event.content.token.slice(0, 8) || "(none)"}…`;
}

/** The class of its sign or mark. */
function look(event) {
  if (isDone(event)) return "done";
  if (event.type === "notification") return event.outcome;
  if (event.type === "delivery") return landing(event);
  if (event.type === "response" && (event.code === 0 || isFine(event))) return "no-error";
  return { "stream.reset": "stream-reset",
     "feedback.sent": "feedback", "connection.opened": "opened",
    "connection.refused": "refused", "connection.closed": "closed" }[event.type] || event.type;
}

/** The few words beside a sign; empty where the sign says it all. */
function label(event) {
  switch (event.type) {
    case "response": {
      const over = event.stream !== undefined;
      const other = over ? `stream ${event.stream}` : `id ${event.identifier}`;
      const names = event.names ? `#${event.names.ordinal}` : other;
      return `${over ? answer(event) : event.status} ${names}`;
    }
    case "malformed":
      return `malformed #${event.ordinal}`;
    case "request":
      return isDone(event) ? done(event) : `no push: ${event.http_status ?? "not answered"}`;
    case "goaway":
      // A provider's own last word is nothing special.
      return event.by === "provider" && !event.code ? "" : `GOAWAY ${event.last_stream}`;
    case "stream.reset":
      return `reset ${event.stream}`;
    case "fault":
      return `${event.fault} ${event.detail}`;
    case "delivery":
      return landed(event);
    case "connection.refused":
      return `refused: ${event.reason}`;
    case "connection.closed":
      if (event.how !== "graceful") return event.how;
      return ["error", "ended", "stopped"].includes(event.reason) ? "" : event.reason;
    default:
      return "";
  }
}

function title(event) {
  switch (event.type) {
    case "notification":
      return `Notification #${event.ordinal} on connection ${event.connection}`;
    case "malformed":
      return `Malformed frame #${event.ordinal} on connection ${event.connection}`;
    case "request":
      return `Request on connection ${event.connection} `
        + (isDone(event) ? "about channels" : "that is no push");
    case "goaway":
      return `GOAWAY on connection ${event.connection}`;
    case "stream.reset":
      return `Reset of stream ${event.stream} on connection ${event.connection}`;
    case "settings":
      return `SETTINGS on connection ${event.connection}`;
    case "response":
      if (event.stream !== undefined) return `Answer on connection ${event.connection}`;
      return `${event.code ? "Error packet" : "Answer"} on connection ${event.connection}`;
    case "fault":
      return `Fault on connection ${event.connection}`;
    case "delivery":
      return `Delivery on device ${event.device}`;
    case "feedback.sent":
      return `Feedback on connection ${event.connection}`;
    default:
      return `Connection ${event.connection} ${look(event)}`;
  }
}

/** What became of a notification. */
function fate(event) {
  const code = event.http_status && event.http_status !== 200 ? ` ${event.http_status}` : "";
  const status = code + (event.status ? ` ${event.status}` : "");
  const behind = event.behind === null ? ""
    : event.behind === 0 ? " behind the beginning" : ` behind #${event.behind}`;
  return `${event.outcome}${status}${behind}${event.lost ? ", never accepted" : ""}`;
}

/** What a request over HTTP/2 was answered. */
function answer(event) {
  if (event.http_status === null) return "not answered";
  return `${event.http_status}${event.reason ? " " + event.reason : ""}`;
}

/** Whether an answer has left: of a push over HTTP/2 alone. */
function answered(event) {
  if (event.stream === null) return null;
  const code = answer({ ...event, reason: event.status });
  if (event.answered) return code;
  return event.http_status === null ? code
    : `${code}, ${event.answered === false ? "never answered" : "no answer has left"}`;
}

/** What SETTINGS say, by the names of RFC 9113, 6.5.2, and of 8441 and 9218. */
function settings(event) {
  const names = ["", "header table size", "enable push", "max concurrent streams",
    "initial window size", "max frame size", "max header list size",
    "", "enable connect protocol", "no RFC 7540 priorities"];
  const said = Object.entries(event.values);
  return said.map(([number, value]) => `${names[number] || number} ${value.toLocaleString("en")}`)
    .join(", ") || "nothing";
}

function againWords(earlier) {
  const fared = `${earlier.outcome}${earlier.status ? " " + earlier.status : ""}`;
  return `${AGAIN[earlier.kind]}: #${earlier.ordinal} on connection ${earlier.connection}`
    + ` was ${fared}`;
}

/** All of it in one line. */
function line(event) {
  const parts = [title(event)];
  switch (event.type) {
    case "notification":
      parts.push(fate(event), whom(event));
      if (event.earlier) parts.push(againWords(event.earlier));
      break;
    case "malformed":
      parts.push(event.reason);
      break;
    case "request":
      parts.push(`${event.method || "no method"} ${event.path || "no path"}`, answer(event));
      if (event.detail) parts.push(event.detail);
      break;
    case "stream.reset":
      parts.push(`by the ${event.by}`, event.detail || `code ${event.code}`);
      break;
    case "settings":
      parts.push(`by the ${event.by}`, settings(event));
      break;
    case "delivery":
      parts.push(`${event.fate}: ${event.detail}`);
      if (event.fate === "delivered") parts.push(landed(event));
      break;
    case "feedback.sent":
      parts.push(`token ${event.token.slice(0, 8)}…`);
      break;
    case "connection.opened":
      parts.push(event.service, event.topic || "no topic");
      if (event.host) parts.push(event.host);
      break;
    case "connection.refused":
      parts.push(event.reason, event.hint);
      break;
    case "connection.closed":
      parts.push(`by the ${event.by}, ${event.how}, ${event.reason}`);
      if (event.detail) parts.push(event.detail);
      break;
    default:
      parts.push(label(event));
  }
  return short(parts.filter(Boolean).join(" · "), 200);
}
