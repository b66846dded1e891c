// Words and numbers for people. Whatever a provider wrote becomes text here and never anything
// else: nodes are made one by one, and no string is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes and children; strings become text. */
function element(name, attributes = {}, ...children) {
  return furnish(document.createElement(name), attributes, children);
}

/** The same for SVG. */
function drawn(name, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, name), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** What would not be seen, or would turn the line around, spelled out as Python does. */
function visible(text) {
  return String(text).replace(/[\p{C}\p{Z}]/gu, (each) => {
    if (each === " ") return each;
    const code = each.codePointAt(0);
    if (code < 0x100) return "\\x" + hex(code, 2);
    return code < 0x10000 ? "\\u" + hex(code, 4) : "\\U" + hex(code, 8);
  });
}

function hex(number, digits) {
  return number.toString(16).padStart(digits, "0");
}

/** At most so many characters. */
function short(text, most) {
  const shown = visible(text);
  return shown.length > most ? shown.slice(0, most - 1) + "…" : shown;
}

/** Seconds since the start, as fine as the whole span asks for. */
function moment(seconds, span) {
  if (span < 1) return (seconds * 1000).toFixed(span < 0.1 ? 2 : 1) + " ms";
  if (span < 100) return seconds.toFixed(span < 10 ? 3 : 2) + " s";
  return Math.round(seconds).toLocaleString("en") + " s";
}

/** A wall time in epoch seconds, UTC. */
function utc(seconds) {
  const date = new Date(seconds * 1000);
  return isNaN(date) ? String(seconds) : date.toISOString().replace("T", " ").replace("Z", " UTC");
}

function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g) || [], (each) => parseInt(each, 16));
}

/** Offset, sixteen bytes, and what of them is ASCII, a line. */
function dump(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const left = row.map((each) => hex(each, 2)).join(" ").padEnd(47);
    const right = row.map((each) => (each > 31 && each < 127 ? String.fromCharCode(each) : "."));
    lines.push(`${hex(at, 4)}  ${left}  ${right.join("")}`);
  }
  return lines.join("\n");
}

const measuring = document.createElement("canvas").getContext("2d");

/** How many pixels a text takes. */
function breadth(text, font) {
  measuring.font = font;
  return measuring.measureText(text).width;
}
