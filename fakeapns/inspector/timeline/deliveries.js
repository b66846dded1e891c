// What became of notifications on devices: what it is called, and what belongs together.

/** Ties each delivery to its notification, and what had waited to what came of it. */
function tie(deliveries, bySeq) {
  const waiting = new Map();
  for (const event of deliveries) {
    const which = `${event.device} ${event.notification}`;
    event.push = bySeq.get(event.notification);
    if (event.push) (event.push.led ||= []).push(event);
    event.waited = waiting.get(which);
    if (event.waited) event.waited.then = event;
    waiting.delete(which);
    if (event.fate === "stored") waiting.set(which, event);
  }
}

/** What an event goes back to: an earlier sight of the same, what had waited, or what was sent. */
function origin(event, bySeq) {
  return event.earlier ? bySeq.get(event.earlier.seq) : event.waited || event.push;
}

/** The class of its sign. */
function landing(event) {
  if (event.fate === "stored") return "waiting";
  if (event.fate !== "delivered") return "came-to-nothing";
  return event.shown ? "on-screen" : "handed";
}

/** The few words beside it: what is on the screen, or what became of it instead. */
function landed(event) {
  if (event.fate !== "delivered") return event.fate;
  const woke = event.woke ? `woke for ${event.woke} s` : "";
  return [event.shown ? onScreen(event.shown) : "", woke].filter(Boolean).join(", ");
}

/** What a screen has of it, in short. */
function onScreen({ alert, badge }) {
  const text = alert && typeof alert === "object" ? alert.body || alert.title : alert;
  if (typeof text === "string") return `“${text}”`;
  if (alert) return "an alert";
  return badge === null || badge === undefined ? "a sound" : `badge ${badge}`;
}

/** Everything about it, as rows of a panel. */
function deliveryFacts(event, go) {
  const { alert = null, badge = null, sound = null } = event.shown || {};
  const said = (value) => (value === null ? null
    : visible(typeof value === "string" ? value : JSON.stringify(value)));
  return [
    ["fate", event.fate],
    ["why", visible(event.detail)],
    ["of", go(event.notification)],
    ["waited", event.waited && [event.waited.detail, ", ", go(event.waited.seq)]],
    ["then", event.then && go(event.then.seq)],
    ["alert", said(alert)],
    ["badge", said(badge)],
    ["sound", said(sound)],
    ["woke", event.woke ? `the app, for ${event.woke} s at most` : null],
    ["device", String(event.device)],
    ["topic", visible(event.topic)],
    ["token", visible(event.token || "none")],
  ];
}

/** What a notification led to, with links. */
function ledTo(event, go) {
  return event.led && event.led.slice(0, 20).flatMap((each, index) => [
    index ? "; " : "", `${each.fate} on device ${each.device} `, go(each.seq)]);
}
