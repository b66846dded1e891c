// Everything about one event.

/** The panel's content. `go` makes a link to an event of the same timeline. */
function describe(model, event, address, go) {
  const since = moment(event.t, model.span);
  const rows = [
    ...FACTS[event.type](event, go),
    ["when", `${since} after the start, ${utc(wallOf(model, event))}`],
    ["seq", String(event.seq)],
  ].filter(([, value]) => value !== null && value !== undefined);
  const permalink = element("a", { class: "permalink", href: address }, "link");
  return [
    element("h3", {}, title(event), " ", permalink),
    element("dl", {}, ...rows.map(([name, value]) => fact(name, value))),
    ...blocks(event),
  ];
}

/** The wall time of an event: the clock may have been set, or advanced, between two. */
function wallOf(model, event) {
  return model.epochs.findLast(([seq]) => seq <= event.seq)[1] + event.t;
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
    ["led to", ledTo(event, go)],
    ["why", event.why === null ? null : visible(event.why)],
    ["all that was wrong", (event.violations || []).length > 1
      ? event.violations.map(visible).join(", ") : null],
    ["answer", answered(event)],
    ["warnings", event.warnings.length ? event.warnings.map(visible).join("; ") : null],
    isBroadcast(event) ? ["channel", visible(event.envelope.channel || "(none)")]
      : ["token", cut(visible(event.content.token || "(none)"), event.content.token_size)],
    ["topic", event.topic === null ? "none" : visible(event.topic)],
    ...(event.envelope ? overHTTP2(event, event.envelope) : [
      ["identifier", event.identifier === null ? "none" : String(event.identifier)],
      ["command", String(event.command)],
    ]),
    ["expiration", expiration(event.expiration)],
    ["priority", event.priority === null ? "none, which means 10" : String(event.priority)],
  ],
  request: (event) => [
    ["asked", visible(`${event.method || "no method"} ${event.path || "no path"}`)],
    ["answer", visible(answer(event))],
    [isDone(event) ? "remark" : "why", event.detail && visible(event.detail)],
    ["stream", String(event.stream)],
    ["channel", event.channel && visible(event.channel)],
  ],
  goaway: (event) => [
    ["by", `the ${event.by}`],
    ["last stream", String(event.last_stream)],
    ["code", String(event.code)],
    ["says", event.debug ? visible(event.debug) : "nothing"],
    ["not processed", counted(event.unprocessed, "stream")],
  ],
  "stream.reset": (event) => [
    ["by", `the ${event.by}`],
    ["stream", String(event.stream)],
    ["code", String(event.code)],
    ["why", event.detail && visible(event.detail)],
  ],
  settings: (event) => [["by", `the ${event.by}`], ["says", settings(event)]],
  malformed: (event) => [
    ["reason", visible(event.reason)],
    ["outcome", event.outcome],
    ["status", event.status ? visible(event.status) : "none: closed without a word"],
    ["command", String(event.command)],
    ["identifier", event.identifier === null ? "none" : String(event.identifier)],
  ],
  response: (event, go) => [
    ...(event.stream === undefined ? [
      ["status", `${visible(event.status)} (${event.code})`],
      ["identifier", String(event.identifier)],
    ] : [["answer", visible(answer(event))], ["stream", String(event.stream)]]),
    ["names", event.names ? go(event.names.seq) : "nothing that came on this connection"],
    ["delayed", `${event.delayed_ms} ms, by ${event.delayed_by}`],
    ["held back", event.detail ? visible(event.detail) : null],
  ],
  delivery: deliveryFacts,
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
    ["ALPN", event.alpn && visible(event.alpn)],
    ["topic", event.topic === null ? "none" : visible(event.topic)],
    ["certificate", event.certificate === null ? "none" : visible(event.certificate)],
    ["host", event.host && visible(event.host)],
  ],
  "connection.refused": (event) => [
    ["service", event.service],
    ["peer", visible(event.peer)],
    ["reason", visible(event.reason)],
    ["hint", visible(event.hint)],
    ["host", event.host && visible(event.host)],
  ],
  "connection.closed": (event) => [
    ["by", `the ${event.by}`],
    ["how", event.how],
    ["reason", event.reason],
    ["frames", `${event.received} received: ${event.accepted} accepted, `
      + `${event.rejected} rejected, `
      + `${event.discarded} discarded, ${event.malformed} malformed`],
    ["requests", event.requests === undefined ? null : `${event.requests} on `
      + `${counted(event.streams, "stream")}, ${event.unanswered} not answered`],
    ["unread", counted(event.unread_bytes, "byte")],
    ["detail", event.detail && visible(event.detail)],
  ],
};

/** What a push over the provider API says in its headers. */
function overHTTP2(event, envelope) {
  const said = (text) => (text === null ? null : visible(text));
  return [
    ["push type", said(envelope.push_type)],
    ["collapse id", said(envelope.collapse_id)],
    [isBroadcast(event) ? "apns-request-id" : "apns-id", said(event.apns_id)],
    ["stream", String(event.stream)],
    ["signed by", envelope.key_id && visible(`key ${envelope.key_id} of ${envelope.team_id}`)],
    ["provider token", said(envelope.provider_token)],
  ];
}

/** Headers, a line each. */
function headerLines(headers) {
  return Object.entries(headers).flatMap(([name, value]) => (
    [value].flat().map((each) => visible(`${name}: ${each}`)))).join("\n");
}

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
    const headers = event.envelope ? headerLines(event.envelope.headers) : "";
    return [...(headers ? [block("other headers", headers)] : []),
      block(`payload, ${whole}${shown}${base64 ? ", no UTF-8" : ""}`, visible(words)),
      block("payload in hex", dump(bytes), "hex")];
  }
  if (event.type === "request") {
    const bytes = fromBase64(event.body_base64);
    return [block("headers", headerLines(event.headers)),
      ...(bytes.length ? [block("body", dump(bytes), "hex")] : [])];
  }
  const from = event.bytes_at ? `bytes from ${event.bytes_at} on` : "bytes";
  return event.bytes_hex ? [block(from, dump(fromHex(event.bytes_hex)), "hex")] : [];
}

function block(name, text, kind) {
  const shown = element("pre", { class: kind }, text || "(empty)");
  return element("figure", {}, element("figcaption", {}, name), shown);
}
