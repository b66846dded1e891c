// Everything about one event.

/** The panel's content. `go` makes a link to an event of the same timeline. */
function describe(model, event, address, go) {
  const since = moment(event.t, model.span);
  const rows = [
    ...FACTS[event.type](event, go),
    ["when", `${since} after the start, ${utc(model.epoch + event.t)}`],
    ["seq", String(event.seq)],
  ].filter(([, value]) => value !== null && value !== undefined);
  const permalink = element("a", { class: "permalink", href: address }, "link");
  return [
    element("h3", {}, title(event), " ", permalink),
    element("dl", {}, ...rows.map(([name, value]) => fact(name, value))),
    ...blocks(event),
  ];
}

/** A row; its value is text, or a list of text and links. */
function fact(name, value) {
  return element("div", {}, element("dt", {}, name), element("dd", {}, ...[value].flat()));
}

const FACTS = {
  notification: (event, go) => [
    ["outcome", [fate(event), ...because(event, go)]],
    ["earlier", event.earlier && [againWords(event.earlier), " ", go(event.earlier.seq)]],
    ["sent again", event.again && event.again.slice(0, 20).flatMap((each, index) => [
      index ? "; " : "",
      `#${each.ordinal} on connection ${each.connection}, ${fate(each)} `,
      go(each.seq),
    ])],
    ["reason", event.reason === null ? null : visible(event.reason)],
    ["warnings", event.warnings.length ? event.warnings.map(visible).join("; ") : null],
    ["token", cut(event.content.token || "(none)", event.content.token_size)],
    ["topic", event.topic === null ? "none" : visible(event.topic)],
    ["identifier", event.identifier === null ? "none" : String(event.identifier)],
    ["command", String(event.command)],
    ["expiration", expiration(event.expiration)],
    ["priority", event.priority === null ? "none, which means 10" : String(event.priority)],
  ],
  malformed: (event) => [
    ["reason", visible(event.reason)],
    ["outcome", event.outcome],
    ["status", event.status ? visible(event.status) : "none: closed without a word"],
    ["command", String(event.command)],
    ["identifier", event.identifier === null ? "none" : String(event.identifier)],
  ],
  response: (event, go) => [
    ["status", `${visible(event.status)} (${event.code})`],
    ["identifier", String(event.identifier)],
    ["names", event.names ? go(event.names.seq) : "nothing that came on this connection"],
    ["delayed", `${event.delayed_ms} ms, by ${event.delayed_by}`],
  ],
  fault: (event) => [
    ["fault", visible(event.fault)],
    ["detail", visible(event.detail)],
    ["step", event.step === null ? "none: asked for by a token" : String(event.step)],
  ],
  "feedback.sent": (event) => [
    ["token", visible(event.token)],
    ["topic", visible(event.topic)],
    ["since", utc(event.timestamp)],
  ],
  "connection.opened": (event) => [
    ["service", event.service],
    ["peer", visible(event.peer)],
    ["TLS", event.tls && visible(event.tls)],
    ["topic", event.topic === null ? "none" : visible(event.topic)],
    ["certificate", event.certificate === null ? "none" : visible(event.certificate)],
  ],
  "connection.refused": (event) => [
    ["service", event.service],
    ["peer", visible(event.peer)],
    ["reason", visible(event.reason)],
    ["hint", visible(event.hint)],
  ],
  "connection.closed": (event) => [
    ["by", `the ${event.by}`],
    ["how", event.how],
    ["reason", event.reason],
    ["frames", `${event.received} received: ${event.accepted} accepted, `
      + `${event.rejected} rejected, `
      + `${event.discarded} discarded, ${event.malformed} malformed`],
    ["unread", counted(event.unread_bytes, "byte")],
    ["detail", event.detail && visible(event.detail)],
  ],
};

function because(event, go) {
  return event.cause === null ? [] : [", because of ", go(event.cause)];
}

function cut(shown, size) {
  return size ? `${shown}… (${counted(size, "byte")} in all)` : shown;
}

function expiration(seconds) {
  if (seconds === null) return "none";
  return seconds === 0 ? "0: not stored" : `${seconds}: ${utc(seconds)}`;
}

/** Bytes, as text where there is any, and in hex. */
function blocks(event) {
  if (event.type === "notification") {
    const { text, base64, payload_size: size } = event.content;
    const bytes = base64 ? fromBase64(base64) : new TextEncoder().encode(text ?? "");
    const words = text ?? new TextDecoder().decode(bytes);
    const whole = counted(size ?? bytes.length, "byte");
    const shown = size ? `, the first ${counted(bytes.length, "byte")}` : "";
    return [block(`payload, ${whole}${shown}${base64 ? ", no UTF-8" : ""}`, visible(words)),
      block("payload in hex", dump(bytes), "hex")];
  }
  const from = event.bytes_at ? `bytes from ${event.bytes_at} on` : "bytes";
  return event.bytes_hex ? [block(from, dump(fromHex(event.bytes_hex)), "hex")] : [];
}

function block(name, text, kind) {
  const shown = element("pre", { class: kind }, text || "(empty)");
  return element("figure", {}, element("figcaption", {}, name), shown);
}
