// The timeline: when transmittals went out, month by month, as a drawing with a table beside it.

import { byId, el, put, svg } from "./dom.js";
import { count } from "./words.js";

const WIDTH = 960, HEIGHT = 150, BASE = 118, LEFT = 10;
const MOST = 60; // bars; more months are drawn as years

/** The drawing and the table of the same numbers. */
export function show(rows) {
  const selected = rows.filter((row) => !row.excluded);
  if (!selected.length) return put(byId("timeline"), el("p", { class: "none" }, "No transmittal to draw."));
  const bars = counted(selected);
  const most = Math.max(...bars.map((bar) => bar.count)), step = (WIDTH - 2 * LEFT) / bars.length;
  const title = `${count(selected.length, "transmittal")} from ${bars[0].name} to ${bars.at(-1).name}`;
  const every = Math.max(1, Math.ceil(bars.length / 14));
  return put(byId("timeline"),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Drawing of the timeline" },
      svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title, class: "drawing" },
        svg("line", { x1: LEFT, y1: BASE, x2: WIDTH - LEFT, y2: BASE, class: "axis" }),
        bars.map((bar, at) => drawn(bar, LEFT + at * step, step, most, at % every === 0)))),
    el("details", {}, el("summary", {}, "The same as a table"),
      el("table", { class: "small" }, el("thead", {}, el("tr", {}, ["Period", "Transmittals", "of them void"].map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, bars.filter((bar) => bar.count).map((bar) => el("tr", {}, el("th", { scope: "row" }, bar.name), el("td", { class: "number" }, String(bar.count)), el("td", { class: "number" }, String(bar.voids))))))));
}

function drawn(bar, x, step, most, isNamed) {
  const height = bar.count ? Math.max(3, (bar.count / most) * 88) : 0, width = Math.min(step * 0.7, 44), left = x + (step - width) / 2;
  const voided = bar.count ? (height * bar.voids) / bar.count : 0;
  return svg("g", {},
    bar.count ? svg("rect", { x: left, y: BASE - height, width, height, class: "bar" }, svg("title", {}, `${bar.name}: ${bar.count}`)) : null,
    voided ? svg("rect", { x: left, y: BASE - height, width, height: voided, class: "bar-void" }) : null,
    bar.count ? svg("text", { x: x + step / 2, y: BASE - height - 5, class: "figure" }, String(bar.count)) : null,
    isNamed ? svg("text", { x: x + step / 2, y: BASE + 20, class: "label" }, bar.name) : null);
}

/** Every month, or year where there are too many, from the first to the last. */
function counted(rows) {
  const months = rows.map((row) => [new Date(row.when), row.isVoid]);
  const first = new Date(Math.min(...rows.map((row) => row.when))), last = new Date(Math.max(...rows.map((row) => row.when)));
  const span = (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth() + 1;
  const byYear = span > MOST;
  const key = (date) => (byYear ? date.getUTCFullYear() : date.getUTCFullYear() * 12 + date.getUTCMonth());
  const found = new Map();
  for (let at = key(first); at <= key(last); at++) found.set(at, { name: nameOf(at, byYear), count: 0, voids: 0 });
  for (const [date, isVoid] of months) {
    found.get(key(date)).count++;
    if (isVoid) found.get(key(date)).voids++;
  }
  const bars = [...found.values()];
  return bars.length <= 400 ? bars : bars.filter((bar) => bar.count);
}

function nameOf(at, byYear) {
  return byYear ? String(at) : `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`;
}
