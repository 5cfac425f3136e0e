// What a page can do beyond being read: live numbers, crosshair, zoom. Everything works without it.
import "./charts.js";

const badge = document.querySelector("[data-live]");

/** The server draws time axes in the viewer's zone; it learns the zone here. */
function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.split("; ").includes(`vigie-zone=${encodeURIComponent(zone)}`)) return;
  document.cookie = `vigie-zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  if (zone !== document.documentElement.dataset.zone) document.querySelector("host-charts")?.redraw();
}

let source;

function listen() {
  if (source || document.hidden || !badge) return;
  const only = document.querySelector("host-charts")?.dataset.host;
  source = new EventSource("/live" + (only ? `?host=${encodeURIComponent(only)}` : ""));
  source.onopen = () => show(true);
  source.onerror = () => {
    show(false);
    // After an HTTP error a browser gives up for good; after a dropped connection it comes back by itself.
    if (source?.readyState === EventSource.CLOSED) {
      stop();
      setTimeout(listen, 5000);
    }
  };
  source.addEventListener("hosts", (event) => {
    const hosts = JSON.parse(event.data);
    for (const host of hosts) update(host);
    document.querySelector("host-charts")?.tick();
    renew();
  });
}

let renewed = -Infinity;

/** What is no chart (alerts, checks, jobs) comes as the server writes it, from the same page over its shortest range. */
async function renew() {
  const parts = [...document.querySelectorAll("[data-part]")];
  if (parts.length === 0 || performance.now() - renewed < 30000) return;
  renewed = performance.now();
  const answer = await fetch(location.pathname + "?range=15m").catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) {
    const next = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    // what somebody has opened to read, or has selected, stays as it is
    if (next && !part.querySelector("details[open]") && !getSelection().containsNode(part, true)) part.replaceWith(next);
  }
}

function stop() {
  source?.close();
  source = undefined;
}

function show(on) {
  badge.hidden = false;
  badge.classList.toggle("on", on);
  badge.textContent = on ? badge.dataset.on : badge.dataset.off;
}

function update(host) {
  const row = document.querySelector(`[data-host="${CSS.escape(host.host)}"]`);
  if (!row || row.tagName !== "TR") return;
  for (const name of ["cpu", "memory", "disk"]) {
    const meter = row.querySelector(`meter[data-field="${name}"]`);
    if (meter && host[name] !== null) meter.value = host[name];
  }
  for (const [field, text] of Object.entries(host.texts)) {
    const place = row.querySelector(`[data-field="${field}"]`);
    if (place) place.textContent = text;
  }
  const state = row.querySelector(".state");
  state.className = `state ${host.state}`;
  state.textContent = host.stateText;
  row.querySelector("[data-ago]").textContent = host.ago;
}

tellZone();
listen();
// A hidden tab keeps no connection: browsers allow six to one server, and the seventh tab would hang.
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
addEventListener("pagehide", stop);
