// What stands around a drawing: names and counts of lanes, a legend, what is missing.

function laneName(lane) {
  if (lane.service === "device") return deviceName(lane);
  const topic = lane.opened?.topic;
  const facts = lane.opened || lane.refused;
  const about = [facts?.peer, facts?.tls, facts?.certificate].filter(Boolean).join(" · ");
  return element("div", { class: `name ${lane.service}`, title: visible(about) },
    element("b", {}, String(lane.connection)), " ",
    element("span", { class: "service" }, lane.service),
    element("small", {}, topic ? visible(topic) : lane.refused ? "refused" : ""));
}

function deviceName(lane) {
  return element("div", { class: "name device", title: visible(lane.token || "") },
    element("b", {}, String(lane.device)), " ",
    element("span", { class: "service" }, "device"),
    element("small", {}, visible(lane.topic)));
}

const COLUMNS = [
  ["accepted", "accepted", "accepted"], ["rejected", "rejected", "rejected"],
  ["discarded", "discarded", "discarded"], ["malformed", "malformed", "malformed"],
  ["no push", "requests that were no push", "requests"],
  ["again", "sent again", "replays"], ["in vain", "sent again though accepted or refused", "vain"],
];

/** The columns of counts: a head, and a row for each lane. What never happened has none. */
function counts(lanes) {
  const rows = lanes.map((lane) => (
    { ...lane, vain: lane.duplicates + lane.resent_after_refusal }));
  const columns = COLUMNS.filter(([, , key]) => key === "accepted" || rows.some((row) => row[key]));
  const head = columns.map(([name, label]) => element("span", { title: label }, name));
  const host = element("div", { class: "counts" }, element("div", { class: "count head" }, ...head),
    ...rows.map((row) => laneCounts(row, columns)));
  host.style.setProperty("--columns", columns.length);
  return host;
}

function laneCounts(lane, columns) {
  if (lane.service === "feedback") {
    return element("div", { class: "count" }, element("em", {}, counted(lane.feedback, "tuple")));
  }
  if (lane.service === "device") {
    return element("div", { class: "count" }, deviceCounts(lane));
  }
  if (lane.refused) return element("div", { class: "count" }, element("em", {}, "refused"));
  return element("div", { class: "count" }, ...columns.map(([, label, key]) => element(
    "span", { class: lane[key] ? key : "none", title: `${lane[key]} ${label}` },
    lane[key].toLocaleString("en"))));
}

/** How many were delivered of those that it was sent, and in full what became of them. */
function deviceCounts(lane) {
  const sent = lane.delivered + lane.waiting + lane.nothing;
  const all = ["shown", "woken", "waiting"].map((name) => `${lane[name]} ${name}`);
  const title = [`${lane.delivered} delivered`, ...all, `${lane.nothing} to nothing`].join(", ");
  return element("em", { title }, `${lane.delivered} of ${sent} delivered`);
}

function legend(model) {
  const seen = new Set(model.events.flatMap(legendKeys));
  const wanted = LEGEND.filter(([, event]) => seen.has(legendKeys(event)[0]));
  const items = wanted.map(([name, event]) => {
    const picture = drawn("svg", { width: 22, height: 22, "aria-hidden": "true" },
      ...figure(event, 11, 11, 11, 10));
    picture.querySelector(".stem")?.remove();
    return element("span", { class: "item" }, picture, name);
  });
  return element("div", { class: "legend" }, ...items);
}

/** What of the legend an event calls for; a legend's own event is its first. */
function legendKeys(event) {
  const again = event.earlier ? [isInVain(event) ? "in vain" : "replay"] : event.woke ? ["woke"] : [];
  const how = ["reset", "lost"].includes(event.how) ? "reset" : event.by || "";
  const kind = event.type === "connection.closed" ? how : event.lost ? "lost" : "";
  return [...again, `${look(event)} ${kind}`];
}

function leftOut(model) {
  const words = [];
  const { left_out: events, lanes_left_out: lanes, devices_left_out: devices } = model;
  if (events) {
    words.push(`${counted(events, "event")} of this timeline left out: a fair part is drawn.`);
  }
  if (lanes) words.push(`${counted(lanes, "further connection")} left out.`);
  if (devices) words.push(`${counted(devices, "further device")} left out.`);
  if (!model.events.length) words.push("Nothing happened.");
  return words.length ? [element("p", { class: "left-out" }, words.join(" "))] : [];
}
