// Sections that open, and what an address names.

const charts = new Map();

/** The section's chart, drawn when it is first seen. */
function chartOf(section) {
  if (!charts.has(section) && section.open && section.querySelector("script.trace")) {
    charts.set(section, new Chart(section));
  }
  return charts.get(section);
}

/** Open what the address names: `#s=2&e=153` is the entry with this `seq` in section 2. */
function follow() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const section = document.getElementById(`s=${asked.get("s")}`);
  if (!section) return;
  section.open = true;
  const chart = chartOf(section);
  const event = chart?.model.bySeq.get(Number(asked.get("e")));
  if (!event) {
    section.scrollIntoView();
    return;
  }
  chart.choose(event);
  chart.svg.focus({ preventScroll: true });
  chart.host.scrollIntoView({ block: "nearest" });
}

for (const section of document.querySelectorAll("details.section")) {
  section.addEventListener("toggle", () => chartOf(section));
  chartOf(section);
}
addEventListener("hashchange", follow);
addEventListener("resize", () => requestAnimationFrame(() => {
  for (const [section, chart] of charts) if (section.open) chart.redraw();
}));
follow();
