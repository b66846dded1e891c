// A trace as events: everything that happened on a connection, in order, with words for each.

/** What a mark has where the trace leaves a key out. */
const USUAL = {
  type: "notification", command: 2, identifier: null, topic: null, expiration: null,
  priority: null, outcome: "accepted", status: null, behind: null, cause: null, warnings: [],
  reason: null, lost: false,
};
const AGAIN = {
  replay: "sent again",
  duplicate: "sent again though accepted",
  "resent-after-refusal": "sent again though refused",
};

/** The trace with its events in order; each knows its lane and its position. */
function readTrace(trace) {
  const lanes = trace.lanes.map((lane, row) => ({
    service: "gateway", accepted: 0, rejected: 0, discarded: 0, malformed: 0, replays: 0,
    duplicates: 0, resent_after_refusal: 0, feedback: 0, ...lane, row, events: [],
  }));
  const laneOf = new Map(lanes.map((lane) => [lane.connection, lane]));
  const ends = lanes.flatMap((lane) => [lane.opened, lane.refused, lane.closed]).filter(Boolean);
  const marks = trace.marks.map((mark) => ({
    ...USUAL, ...mark, content: trace.contents[mark.content],
  }));
  const events = [...ends, ...marks, ...trace.signs].sort((one, other) => one.seq - other.seq);
  const bySeq = new Map();
  events.forEach((event, position) => {
    event.lane = laneOf.get(event.connection);
    event.position = position;
    event.lane.events.push(event);
    bySeq.set(event.seq, event);
  });
  for (const mark of marks) {
    const first = mark.earlier && bySeq.get(mark.earlier.seq);
    if (first) (first.again ||= []).push(mark);
  }
  for (const event of events) if (event.type === "response") event.names = named(event);
  const times = events.map((event) => event.t);
  const first = times.reduce((one, other) => Math.min(one, other), Infinity);
  const last = times.reduce((one, other) => Math.max(one, other), -Infinity);
  return { ...trace, lanes, events, bySeq, first, span: Math.max(0, last - first) };
}

/** The notification on the same connection that an error packet names, if it is drawn. */
function named(response) {
  const before = response.lane.events.filter(
    (event) => event.identifier === response.identifier && isFrame(event)
      && event.seq < response.seq,
  );
  return before.at(-1);
}

function isFrame(event) {
  return event.type === "notification" || event.type === "malformed";
}

/** The class of its sign or mark. */
function look(event) {
  if (event.type === "notification") return event.outcome;
  if (event.type === "response" && event.code === 0) return "no-error";
  return { "feedback.sent": "feedback", "connection.opened": "opened",
    "connection.refused": "refused", "connection.closed": "closed" }[event.type] || event.type;
}

/** The few words beside a sign; empty where the sign says it all. */
function label(event) {
  switch (event.type) {
    case "response": {
      const names = event.names ? `#${event.names.ordinal}` : `id ${event.identifier}`;
      return `${event.status} ${names}`;
    }
    case "malformed":
      return `malformed #${event.ordinal}`;
    case "fault":
      return `${event.fault} ${event.detail}`;
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
    case "response":
      return `${event.code ? "Error packet" : "Answer"} on connection ${event.connection}`;
    case "fault":
      return `Fault on connection ${event.connection}`;
    case "feedback.sent":
      return `Feedback on connection ${event.connection}`;
    default:
      return `Connection ${event.connection} ${look(event)}`;
  }
}

/** What became of a notification. */
function fate(event) {
  const status = event.status ? ` ${event.status}` : "";
  const behind = event.behind === null ? "" : ` behind #${event.behind}`;
  return `${event.outcome}${status}${behind}${event.lost ? ", never accepted" : ""}`;
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
      parts.push(fate(event), `token ${event.content.token.slice(0, 8) || "(none)"}…`);
      if (event.earlier) parts.push(againWords(event.earlier));
      break;
    case "malformed":
      parts.push(event.reason);
      break;
    case "feedback.sent":
      parts.push(`token ${event.token.slice(0, 8)}…`);
      break;
    case "connection.opened":
      parts.push(event.service, event.topic || "no topic");
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
  return short(parts.join(" · "), 200);
}
