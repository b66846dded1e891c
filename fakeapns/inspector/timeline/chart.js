// The drawing: a lane for each connection, time from left to right.

const PAD = 14;
const AXIS = 24;
/** Pixels for an event at which a person no longer wants to look closer. */
const ROOMY = 14;

/** How a chart of this trace lies in so many pixels. `look` is { scale, zoom }. */
function measure(model, width, look) {
  const count = Math.max(1, model.events.length);
  const inner = Math.max(200, width - 2 * PAD) * 2 ** look.zoom;
  const roomy = model.lanes.length <= 10;
  const row = roomy ? 46 : 36;
  const byTime = look.scale === "time" && model.span > 0;
  const step = inner / count;
  return {
    width: inner + 2 * PAD,
    height: AXIS + row * model.lanes.length,
    row,
    step,
    byTime,
    x: (event) => PAD + (byTime
      ? ((event.t - model.first) / model.span) * inner
      : (event.position + 0.5) * step),
    top: (lane) => AXIS + row * lane.row + (roomy ? 10 : 7),
    y: (lane) => AXIS + row * lane.row + row - (roomy ? 15 : 12),
  };
}

/** The SVG of a trace. */
function draw(model, place, name) {
  const svg = drawn("svg", {
    class: "drawing", width: place.width, height: place.height,
    viewBox: `0 0 ${place.width} ${place.height}`, preserveAspectRatio: "none",
    tabindex: 0, role: "listbox", "aria-label": `Timeline: ${name}. Arrow keys move, Enter opens.`,
  });
  svg.append(axis(model, place));
  for (const lane of model.lanes) svg.append(drawLane(model, lane, place));
  svg.append(drawn("g", { class: "over" }));
  return svg;
}

function drawLane(model, lane, place) {
  const y = place.y(lane);
  const group = drawn("g", { class: `lane ${lane.service}`, "data-connection": lane.connection,
    "data-device": lane.device });
  const above = AXIS + place.row * lane.row + 0.5;
  group.append(drawn("path", { class: "row", d: `M0 ${above}H${place.width}` }));
  const [first, last] = [lane.events[0], lane.events.at(-1)];
  if (!first) return group;
  const from = place.x(first);
  const to = lane.refused ? from + 18 : lane.closed ? place.x(last) : place.width - 2;
  const kind = lane.refused ? "refused" : lane.closed ? "" : "open";
  group.append(drawn("path", { class: `line ${kind}`, d: `M${fine(from)} ${y}H${fine(to)}` }));
  for (const event of lane.events.filter((each) => each.waited)) {
    const d = `M${fine(place.x(event.waited))} ${y}H${fine(place.x(event))}`;
    group.append(drawn("path", { class: "wait", d }));
  }
  // What is rare is drawn last, so that a crowd does not cover it.
  const rank = {
    settings: -1, accepted: 0, discarded: 0, feedback: 0, rejected: 2, malformed: 2, request: 2,
  };
  const ordered = [...lane.events].sort(
    (one, other) => (rank[look(one)] ?? 1) - (rank[look(other)] ?? 1),
  );
  // At the same moment marks lie upon each other, however much room there is.
  const width = place.byTime ? 4 : place.step;
  for (const event of ordered) {
    group.append(...figure(event, place.x(event), y, place.top(lane), width, {
      id: `${model.id}e${event.seq}`,
      "data-seq": event.seq,
      role: "option",
      "aria-label": line(event),
    }));
  }
  group.append(...labels(lane, place));
  return group;
}

/** Labels beside the heads of pins, the more telling ones first, none upon another. */
function labels(lane, place) {
  const rank = { goaway: 0, response: 0, "connection.refused": 0, "connection.closed": 1, malformed: 1 };
  const wanted = lane.events.filter((event) => label(event)).sort(
    (one, other) => (rank[one.type] ?? 2) - (rank[other.type] ?? 2) || one.seq - other.seq,
  );
  const pins = lane.events.filter(isPin).map((event) => place.x(event));
  const taken = pins.map((x) => [x - 6, x + 6]);
  const first = pins.reduce((one, other) => Math.min(one, other), Infinity);
  const nodes = [];
  for (const event of wanted.slice(0, 400)) {
    const text = short(label(event), 40);
    const size = breadth(text, "600 11px system-ui") + 4;
    const x = place.x(event);
    const free = (from) => from >= 0 && from + size <= place.width
      && !taken.some(([left, right]) => from < right && from + size > left);
    const start = [x + 9, x - 9 - size, first - 9 - size].find(free);
    if (start === undefined) continue;
    taken.push([start, start + size]);
    nodes.push(drawn("text", {
      class: `label ${look(event)}`, x: fine(start), y: place.top(lane) + 4,
    }, text));
  }
  return nodes;
}

/** Times along the top: even ones on a scale of time, else where time jumps. */
function axis(model, place) {
  const group = drawn("g", { class: "axis" });
  const taken = [];
  for (const { x, t, jump } of place.byTime ? evenly(model, place) : jumps(model, place)) {
    const text = moment(t, model.span);
    const size = breadth(text, "11px system-ui") + 14;
    const start = Math.min(x, place.width - size);
    if (taken.some(([left, right]) => start < right && start + size > left)) continue;
    taken.push([start, start + size]);
    group.append(
      drawn("path", { class: jump ? "tick jump" : "tick", d: `M${fine(x)} 4V${place.height}` }),
      drawn("text", { x: fine(start + 4), y: 14 }, text),
    );
  }
  return group;
}

function evenly(model, place) {
  const rough = model.span / Math.max(2, place.width / 120);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const ticks = [];
  for (let t = Math.ceil(model.first / step) * step; t <= model.first + model.span; t += step) {
    ticks.push({ x: PAD + ((t - model.first) / model.span) * (place.width - 2 * PAD), t });
  }
  return ticks;
}

/** The longest pauses first: where there is no room for all, they tell the most. */
function jumps(model, place) {
  const found = [];
  model.events.forEach((event, index) => {
    const gap = index ? event.t - model.events[index - 1].t : Infinity;
    if (gap > model.span / 200) {
      found.push({ x: place.x(event) - place.step / 2, t: event.t, gap, jump: index > 0 });
    }
  });
  return found.sort((one, other) => other.gap - one.gap).slice(0, 200);
}

/** A curve from what came again to the earlier sight, above both. */
function link(from, to, place) {
  const [x1, y1] = [place.x(from), place.y(from.lane)];
  const [x2, y2] = [place.x(to), place.y(to.lane)];
  const bend = Math.min(y1, y2) - (from.lane === to.lane ? 26 : 0);
  const curve = `C${fine(x1)} ${bend} ${fine(x2)} ${y2 + 26} ${fine(x2)} ${y2 + HALF}`;
  return drawn("path", { class: "link", d: `M${fine(x1)} ${y1 - HALF}${curve}` });
}
