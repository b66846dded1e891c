// What marks and signs look like, as paths around a point. Colour is never all that tells two
// of them apart: accepted fills its lane, discarded lies low (the lower if it was made
// good later), rejected is a cross.

/** Half the height of the band in which marks stand. */
const HALF = 8;

/** The path of a mark or sign at this point; `width` is what one event has for itself. */
function shape(event, x, y, width) {
  const half = Math.min(Math.max(width * 0.8, 0.7), 9) / 2;
  switch (look(event)) {
    case "accepted":
      return box(x - half, y - HALF, 2 * half, 2 * HALF);
    case "discarded":
      return event.lost
        ? box(x - half, y - 1, 2 * half, HALF + 1)
        : box(x - half, y + 5, 2 * half, 3);
    case "rejected":
      return cross(x, y, 5, HALF - 1);
    case "request":
      return `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0M${x - 3} ${y}h6`;
    case "done":
      return `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0`;
    case "malformed":
      return `M${x} ${y - 8}l6 8l-6 8l-6 -8z`;
    case "feedback":
      return `M${x - 3} ${y - 5}h6l-3 9z`;
    case "on-screen":
    case "handed":
      return box(x - half, y - 6, 2 * half, 12);
    case "waiting":
      return `M${x - 4} ${y - 6}h8l-8 12h8z`;
    case "came-to-nothing":
      return cross(x, y, 4, 4);
    case "opened":
      return `M${x - 3} ${y - 5}l6 5l-6 5z`;
    case "refused":
      return `M${x - 3} ${y - 7}h6l4 4v6l-4 4h-6l-4 -4v-6zM${x - 4} ${y}h8`;
    case "settings":
      // On the line: every connection begins with two, and the words of pins need the room.
      return `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M${x} ${y}l2.5 -2.5`;
    case "closed":
      return event.how === "reset" || event.how === "lost"
        ? cross(x, y, 4, 4) + `M${x} ${y - 6}v12M${x - 6} ${y}h12`
        : box(x - 3, y - 4, 6, 8);
    default:
      return "";
  }
}

/** Whether it is drawn as a pin above its lane, since it is no part of what was sent. */
function isPin(event) {
  return event.type in HEADS;
}

/** The heads of pins: an answer is a letter, a fault a flash, GOAWAY a flag, and a reset a cut. */
const HEADS = {
  response: (x, y) => `M${x - 5.5} ${y - 4}h11v8h-11zl5.5 4.5l5.5 -4.5`,
  fault: (x, y) => `M${x + 1.5} ${y - 6}l-5 7h3.5l-1.5 5l5 -7h-3.5z`,
  goaway: (x, y) => `M${x} ${y + 5}v-11l8 3.5l-8 3.5z`,
  "stream.reset": (x, y) => cross(x, y, 4, 4),
};

function head(event, x, y) {
  return HEADS[event.type](x, y);
}

/** Whether sending it again was for nothing. */
function isInVain(event) {
  return !["replay", "rescue"].includes(event.earlier.kind);
}

/** Around a mark that came again: a ring where there is room, else a line above it. */
function ring(x, y, width) {
  if (width < 6) return box(x - Math.max(width, 1) / 2, y - HALF - 3.5, Math.max(width, 1), 2.5);
  const half = Math.min(width, 12) / 2;
  return box(x - half, y - HALF - 2, 2 * half, 2 * HALF + 4);
}

/** Around a delivery that woke the app: a circle where there is room, else a line below it. */
function wake(x, y, width) {
  if (width < 6) return box(x - Math.max(width, 1) / 2, y + HALF + 1, Math.max(width, 1), 2.5);
  return `M${fine(x - 9)} ${y}a9 9 0 1 0 18 0a9 9 0 1 0 -18 0`;
}

function box(x, y, width, height) {
  return `M${fine(x)} ${fine(y)}h${fine(width)}v${fine(height)}h${fine(-width)}z`;
}

function cross(x, y, dx, dy) {
  return `M${fine(x - dx)} ${y - dy}l${2 * dx} ${2 * dy}M${fine(x - dx)} ${y + dy}`
    + `l${2 * dx} ${-2 * dy}`;
}

function fine(number) {
  return Math.round(number * 100) / 100;
}

/** What the legend explains, each as an event that looks so. */
const LEGEND = [
  ["accepted", { type: "notification", outcome: "accepted" }],
  ["rejected", { type: "notification", outcome: "rejected" }],
  ["discarded, never accepted", { type: "notification", outcome: "discarded", lost: true }],
  ["discarded, settled later", { type: "notification", outcome: "discarded" }],
  ["malformed", { type: "malformed" }],
  ["sent again", { type: "notification", outcome: "accepted", earlier: { kind: "replay" } }],
  ["… though accepted or refused",
    { type: "notification", outcome: "accepted", earlier: { kind: "duplicate" } }],
  ["request that is no push", { type: "request" }],
  ["request about channels", { type: "request", http_status: 200 }],
  ["answer with an error", { type: "response", code: 8 }],
  ["answer without an error", { type: "response", code: 0 }],
  ["GOAWAY", { type: "goaway" }],
  ["stream reset", { type: "stream.reset" }],
  ["SETTINGS", { type: "settings" }],
  ["fault", { type: "fault" }],
  ["feedback tuple", { type: "feedback.sent" }],
  ["shown on a device", { type: "delivery", fate: "delivered", shown: {} }],
  ["delivered, not shown", { type: "delivery", fate: "delivered" }],
  ["woke the app", { type: "delivery", fate: "delivered", woke: 30 }],
  ["kept for a device", { type: "delivery", fate: "stored" }],
  ["came to nothing", { type: "delivery", fate: "dropped" }],
  ["closed by the server", { type: "connection.closed", by: "server" }],
  ["closed by the provider", { type: "connection.closed", by: "provider" }],
  ["reset or lost", { type: "connection.closed", how: "reset" }],
  ["refused", { type: "connection.refused" }],
];

/** One event as nodes: its pin or mark, and the ring of what came again. */
function figure(event, x, y, top, width, attributes = {}) {
  const nodes = [];
  if (event.earlier) {
    const kind = isInVain(event) ? "in-vain" : "replay";
    const wide = width < 6 ? "ring cap" : "ring";
    nodes.push(drawn("path", { class: `${wide} ${kind}`, d: ring(x, y, width) }));
  }
  if (event.woke) {
    const wide = width < 6 ? "wake cap" : "wake";
    nodes.push(drawn("path", { class: wide, d: wake(x, y, width) }));
  }
  if (isPin(event)) {
    nodes.push(drawn("path", { class: "stem", d: `M${fine(x)} ${top + 5}V${y + HALF}` }));
    const d = head(event, fine(x), top);
    nodes.push(drawn("path", { ...attributes, class: `sign ${look(event)}`, d }));
  } else {
    const kind = isFrame(event) ? "mark" : "sign";
    const by = event.by ? ` by-${event.by}` : "";
    const d = shape(event, fine(x), y, width);
    nodes.push(drawn("path", { ...attributes, class: `${kind} ${look(event)}${by}`, d }));
  }
  return nodes;
}
