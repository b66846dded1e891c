// A timeline that can be looked into.

/** One timeline: draws itself, and follows pointer, keys and links. */
class Chart {
  constructor(section) {
    this.number = section.dataset.section;
    this.name = section.querySelector("h2").textContent;
    this.model = readTrace(JSON.parse(section.querySelector("script.trace").textContent));
    this.model.id = `s${this.number}`;
    this.look = { scale: "order", zoom: 0 };
    this.chosen = null;
    this.host = section.querySelector(".timeline");
    this.scroller = element("div", { class: "scroller" });
    this.tip = element("div", { class: "tip", role: "status" });
    this.panel = element("aside", { class: "panel", "aria-label": "Details", hidden: "" });
    this.host.replaceChildren(
      element("div", { class: "bar" }, this.switches(), legend(this.model)),
      ...leftOut(this.model),
      this.grid(),
      this.tip,
      this.panel,
    );
    this.scroller.addEventListener("pointermove", (happened) => this.hover(happened));
    this.scroller.addEventListener("pointerleave", () => this.point(null));
    this.scroller.addEventListener("click", (happened) => this.click(happened));
    this.scroller.addEventListener("keydown", (happened) => this.key(happened));
    this.redraw();
  }

  grid() {
    const grid = element("div", { class: "grid" });
    grid.append(
      element("div", { class: "names" }, ...this.model.lanes.map(laneName)),
      this.scroller,
      counts(this.model.lanes),
    );
    this.rows = grid;
    return grid;
  }

  switches() {
    const button = (text, label, act) => {
      const node = element("button", { type: "button", "aria-label": label, title: label }, text);
      node.addEventListener("click", () => { act(); this.redraw(); });
      return node;
    };
    const scale = (name, label) => button(name, label, () => { this.look.scale = name; });
    this.scales = [
      scale("order", "Events evenly, in the order in which they happened"),
      scale("time", "Events at their moments"),
    ];
    const zoom = (by) => () => { this.look.zoom = Math.max(0, this.look.zoom + by); };
    return element("div", { class: "switches" },
      element("span", { class: "group" }, ...this.scales),
      element("span", { class: "group" },
        button("−", "Less close", zoom(-1)),
        button("fit", "All at once", () => { this.look.zoom = 0; }),
        button("+", "Closer", zoom(1))));
  }

  /** How often the drawing may be doubled. */
  deepest() {
    if (this.look.scale === "time") return 8;
    const step = measure(this.model, this.scroller.clientWidth, { ...this.look, zoom: 0 }).step;
    return Math.max(0, Math.ceil(Math.log2(ROOMY / step)));
  }

  redraw() {
    this.look.zoom = Math.min(this.look.zoom, this.deepest());
    this.place = measure(this.model, this.scroller.clientWidth, this.look);
    this.rows.style.setProperty("--row", `${this.place.row}px`);
    this.rows.style.setProperty("--axis", `${AXIS}px`);
    this.svg = draw(this.model, this.place, this.name);
    this.scroller.replaceChildren(this.svg);
    for (const each of this.scales) {
      each.setAttribute("aria-pressed", each.textContent === this.look.scale);
    }
    if (this.chosen) this.mark(this.chosen, null);
  }

  /** The event under the pointer, or the nearest if it is near. */
  at(happened) {
    const under = happened.target.dataset?.seq;
    if (under) return this.model.bySeq.get(Number(under));
    const box = this.svg.getBoundingClientRect();
    const [x, y] = [happened.clientX - box.left, happened.clientY - box.top];
    const lane = this.model.lanes[Math.floor((y - AXIS) / this.place.row)];
    const inHead = lane && y < this.place.y(lane) - HALF - 4;
    const far = (event) => Math.abs(this.place.x(event) - x)
      + (inHead === isPin(event) ? 0 : 6);
    const near = lane?.events.reduce(
      (best, event) => (best && far(best) <= far(event) ? best : event), null);
    return near && far(near) < 14 ? near : null;
  }

  hover(happened) {
    this.point(this.at(happened));
  }

  click(happened) {
    const event = this.at(happened);
    if (event) this.choose(event);
  }

  key(happened) {
    const step = {
      ArrowRight: () => this.along(1), ArrowLeft: () => this.along(-1),
      ArrowDown: () => this.across(1), ArrowUp: () => this.across(-1),
      Home: () => this.model.events[0], End: () => this.model.events.at(-1),
    }[happened.key];
    if (step) {
      const event = step();
      if (event) this.mark(event);
    } else if (happened.key === "Enter" && this.chosen) {
      this.choose(this.chosen);
    } else if (happened.key === "Escape") {
      this.panel.hidden = true;
    } else {
      return;
    }
    happened.preventDefault();
  }

  along(by) {
    if (!this.chosen) return this.model.events[0];
    const row = this.chosen.lane.events;
    return row[row.indexOf(this.chosen) + by];
  }

  across(by) {
    if (!this.chosen) return this.model.events[0];
    const row = this.model.lanes[this.chosen.lane.row + by]?.events;
    const far = (event) => Math.abs(this.place.x(event) - this.place.x(this.chosen));
    return row?.reduce((best, event) => (best && far(best) <= far(event) ? best : event), null);
  }

  /** Show an event's line beside it, and where the same was sent before. */
  point(event) {
    const shown = event || this.chosen;
    this.tip.classList.toggle("shown", Boolean(event));
    if (event) {
      this.tip.textContent = line(event);
      const left = this.scroller.offsetLeft + this.place.x(event) - this.scroller.scrollLeft;
      const room = this.host.clientWidth - this.tip.offsetWidth;
      this.tip.style.left = `${Math.max(0, Math.min(left + 12, room))}px`;
      this.tip.style.top = `${this.rows.offsetTop + this.place.y(event.lane) + 14}px`;
    }
    const over = this.svg.querySelector(".over");
    over.replaceChildren();
    const first = shown && origin(shown, this.model.bySeq);
    if (first) over.append(link(shown, first, this.place), this.frame(first, "first"));
    if (this.chosen) over.append(this.frame(this.chosen, "chosen"));
    if (event && event !== this.chosen) over.append(this.frame(event, "pointed"));
  }

  frame(event, kind) {
    const pin = isPin(event);
    const y = pin ? this.place.top(event.lane) : this.place.y(event.lane);
    const half = pin ? 9 : HALF + 4;
    return drawn("rect", {
      class: `frame ${kind}`, x: fine(this.place.x(event) - 8), y: y - half, width: 16,
      height: 2 * half, rx: 4,
    });
  }

  /** Make it the one from which keys go on; its line is shown unless `pointed` says otherwise. */
  mark(event, pointed = event) {
    this.chosen = event;
    this.svg.setAttribute("aria-activedescendant", `${this.model.id}e${event.seq}`);
    const x = this.place.x(event);
    const { scrollLeft, clientWidth } = this.scroller;
    if (x < scrollLeft + 20 || x > scrollLeft + clientWidth - 20) {
      this.scroller.scrollLeft = x - clientWidth / 2;
    }
    this.point(pointed);
  }

  /** Open the panel of an event. */
  choose(event) {
    this.mark(event, null);
    const address = `#s=${this.number}&e=${event.seq}`;
    const go = (seq) => this.reference(seq);
    this.panel.replaceChildren(...describe(this.model, event, address, go));
    this.panel.hidden = false;
    if (location.hash !== address) history.replaceState(null, "", address);
  }

  reference(seq) {
    const there = this.model.bySeq.get(seq);
    if (!there) return `entry ${seq}`;
    const words = isFrame(there) ? `#${there.ordinal}` : short(label(there) || look(there), 40);
    return element("a", { href: `#s=${this.number}&e=${seq}` }, words);
  }
}
