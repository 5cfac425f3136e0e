// <host-charts>: the charts of one host. The server draws; this moves a crosshair over them, zooms, and fetches them anew.
const BINS = 480;

class HostCharts extends HTMLElement {
  #values = new Map();
  #drawn = Date.now();
  #busy = false;
  #bin = null;

  connectedCallback() {
    this.addEventListener("pointermove", (event) => this.#move(event));
    this.addEventListener("pointerleave", () => this.#clear());
    this.addEventListener("pointerdown", (event) => this.#startZoom(event));
    this.addEventListener("dblclick", () => this.#reset());
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("focusout", () => this.#clear());
  }

  /** New samples are there: draw again when they are worth a pixel, but never under a zoom. */
  tick() {
    if (!this.dataset.range || this.#zooming) return;
    const pixel = (this.dataset.to - this.dataset.from) / BINS;
    if (Date.now() - this.#drawn >= Math.max(pixel, 1000) * 0.9) this.redraw();
  }

  async redraw(from, to) {
    if (this.#busy) return;
    this.#busy = true;
    const query = from !== undefined ? `from=${from}&to=${to}` : this.dataset.range ? `range=${this.dataset.range}` : `from=${this.dataset.from}&to=${this.dataset.to}`;
    try {
      const answer = await fetch(`/hosts/${encodeURIComponent(this.dataset.host)}/charts?${query}`, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const page = await answer.json();
      this.dataset.from = page.from;
      this.dataset.to = page.to;
      this.#values.clear();
      const focused = document.activeElement?.dataset?.chart;
      // Some charts are there only when they have data, so one may come or go.
      for (const old of this.querySelectorAll("[data-chart]")) if (!(old.dataset.chart in page.figures)) old.remove();
      let before = null;
      for (const [id, html] of Object.entries(page.figures)) {
        const figure = document.adoptNode(new DOMParser().parseFromString(html, "text/html").body.firstElementChild);
        const old = this.querySelector(`[data-chart="${id}"]`);
        if (old) old.replaceWith(figure);
        else if (before) before.after(figure);
        else this.prepend(figure);
        before = figure;
      }
      if (focused) this.querySelector(`[data-chart="${focused}"]`)?.focus({ preventScroll: true });
      this.#drawn = Date.now();
      if (this.#bin !== null) this.#show(this.#bin);
    } catch {
      // The hub is away; the page stays readable and the next event tries again.
    } finally {
      this.#busy = false;
    }
  }

  #frameOf(event) {
    return event.target.closest?.(".frame");
  }

  #share(frame, event) {
    const box = frame.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  }

  #move(event) {
    const frame = this.#frameOf(event);
    if (!frame) return this.#zooming ? undefined : this.#clear();
    this.#show(Math.min(BINS - 1, Math.floor(this.#share(frame, event) * BINS)), frame);
  }

  #key(event) {
    if (event.key === "Escape") return this.#clear(), this.#reset();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const bin = (this.#bin ?? BINS - 1) + step * (event.shiftKey ? 10 : 1);
    this.#show(Math.min(BINS - 1, Math.max(0, bin)), event.target.querySelector(".frame"));
  }

  /** The line in every chart at once; the values stand in the legends, where they cover nothing. */
  async #show(bin, over) {
    this.#bin = bin;
    for (const figure of this.querySelectorAll(".chart")) {
      const frame = figure.querySelector(".frame");
      const line = this.#piece(frame, "crosshair");
      line.style.left = `${((bin + 0.5) / BINS) * 100}%`;
      const values = await this.#valuesOf(figure);
      if (!values || this.#bin !== bin) continue;
      const outputs = figure.querySelectorAll(".legend output");
      values.curves.forEach((curve, i) => {
        const output = outputs[i];
        if (!output) return;
        output.dataset.last ??= output.textContent;
        output.textContent = curve[bin];
      });
      if (frame === over) {
        const time = this.#piece(frame, "crosshair-time");
        time.textContent = values.times[bin];
        time.style[bin < BINS / 2 ? "left" : "right"] = `${(bin < BINS / 2 ? (bin + 0.5) / BINS : 1 - (bin + 0.5) / BINS) * 100}%`;
        time.style[bin < BINS / 2 ? "right" : "left"] = "auto";
      }
    }
  }

  async #valuesOf(figure) {
    const id = figure.dataset.chart;
    if (!this.#values.has(id)) {
      const address = `/charts/${encodeURIComponent(this.dataset.host)}/${id}.json?from=${this.dataset.from}&to=${this.dataset.to}`;
      this.#values.set(id, fetch(address).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));
    }
    return this.#values.get(id);
  }

  #clear() {
    this.#bin = null;
    for (const piece of this.querySelectorAll(".crosshair, .crosshair-time")) piece.remove();
    for (const output of this.querySelectorAll(".legend output[data-last]")) output.textContent = output.dataset.last;
  }

  #piece(frame, name) {
    let piece = frame.querySelector(`.${name}`);
    if (!piece) {
      piece = document.createElement("div");
      piece.className = name;
      frame.append(piece);
    }
    return piece;
  }

  #zooming = false;

  #startZoom(event) {
    const frame = this.#frameOf(event);
    if (!frame || event.button !== 0 || event.pointerType === "touch") return;
    event.preventDefault();
    this.#zooming = true;
    const start = this.#share(frame, event);
    let end = start;
    const area = this.#piece(frame, "zoom");
    const move = (e) => {
      end = this.#share(frame, e);
      area.style.left = `${Math.min(start, end) * 100}%`;
      area.style.width = `${Math.abs(end - start) * 100}%`;
    };
    const finish = (e) => {
      move(e); // the pointer may have come here without telling
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", finish);
      this.#zooming = false;
      area.remove();
      if (Math.abs(end - start) > 0.01) this.#zoom(Math.min(start, end), Math.max(start, end));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", finish);
  }

  /** A zoom is an address: it can be kept, sent and gone back from. */
  #zoom(start, end) {
    const from = Number(this.dataset.from), span = Number(this.dataset.to) - from;
    const middle = from + (span * (start + end)) / 2, half = Math.max(30500, (span * (end - start)) / 2);
    const [first, last] = [Math.round(middle - half), Math.round(middle + half)];
    history.pushState({}, "", `?from=${first}&to=${last}`);
    this.dataset.range = "";
    this.#clear();
    this.redraw(first, last);
    document.querySelector('.ranges [aria-current]')?.removeAttribute("aria-current");
  }

  #reset() {
    if (!this.dataset.range) history.length > 1 ? history.back() : location.assign(location.pathname);
  }
}

customElements.define("host-charts", HostCharts);
addEventListener("popstate", () => location.reload());
