// The verdict panel: five verdicts, each with what it proves and what it does not; steps; what went wrong.

import { byId, el, inert, put } from "./dom.js";
import { MARKS, STATES } from "./words.js";

const ABOUT = {
  integrity: {
    proves: "What you read here is, line by line, what was recorded and signed at the time. Withheld lines are named and counted.",
    not: "That what was recorded is true, or that nothing else was said.",
  },
  order: {
    proves: "Every entry shown has its one place in one ledger that can't be reordered without being noticed.",
    not: "That nobody holds a second ledger, unless witnesses of yours cosigned this one.",
  },
  origin: {
    proves: "Each entry was signed by a member who had the role for it, under keys that the ledger declares.",
    not: "Who the person behind a member number is, or that his key was not misused.",
  },
  time: {
    proves: "Each transmittal was on record by the moment stated, on the word of witnesses you named.",
    not: "When it really went out: that is stated by the discloser. Time stamps are checked by dvault verify or verify.py, not by this page.",
  },
  completeness: {
    proves: "Nothing that was filed under the terms of the query is left out, nor any correction of what is shown.",
    not: "What was filed under another name or number, what was logged after the checkpoint, and what was never logged.",
  },
};

/** Before anything is checked, and where the program failed: never green. */
export function unchecked(what) {
  put(byId("verdicts"), Object.keys(ABOUT).map((name) => card(name, "NOT CHECKED", [what], null)));
  byId("verdict-summary").textContent = what;
}

/** Over everything that is shown: what nobody may overlook. */
export function warn(what) {
  byId("banner").hidden = !what;
  byId("banner").textContent = what;
}

/** All five as they came out. */
export function show({ summary, brought }) {
  const entries = Object.entries(summary.verdicts);
  put(byId("verdicts"), entries.map(([name, one]) => card(name, one.state, why(one), one)));
  put(byId("verdict-summary"), said(entries, brought));
  put(byId("steps"), summary.steps.map(step));
  put(byId("remarks"), summary.remarks.map((one) => el("li", {}, inert(one))));
  const broken = entries.filter(([, one]) => one.state === "BROKEN").map(([name]) => name);
  warn(broken.length ? `This report is BROKEN (${broken.join(", ")}). What follows must not be relied on.` : "");
  document.body.dataset.state = entries.some(([, one]) => one.state === "BROKEN") ? "broken" : "judged";
}

function said(entries, brought) {
  const of = (state) => entries.filter(([, one]) => one.state === state).map(([name]) => name);
  const broken = of("BROKEN"), proven = of("PROVEN"), open = of("NOT PROVEN");
  const parts = [];
  if (broken.length) parts.push(el("strong", { class: "is-broken" }, `Broken: ${broken.join(", ")}. Do not rely on this report. `));
  if (proven.length) parts.push(`Proven: ${proven.join(", ")}. `);
  if (open.length) parts.push(`Not proven: ${open.join(", ")}. `);
  if (!brought.fingerprint) parts.push("This report vouches for itself until you enter the fingerprint or a policy of your own.");
  return parts;
}

function why(one) {
  if (one.state === "PROVEN") return one.shown.map((said) => `${said[0].toUpperCase()}${said.slice(1)}.`);
  return one.faults.slice(0, 1).map(fault);
}

function fault({ state, where, expected, found }) {
  if (state === "NOT PROVEN") return `What is missing: ${expected}, for ${where}${found ? ` (${found})` : ""}.`;
  return `${where}: expected ${expected}${found ? `, found ${found}` : ""}.`;
}

function card(name, state, reasons, one) {
  const headingId = `verdict-${name}`;
  return el("article", { class: `verdict ${STATES[state]}`, "aria-labelledby": headingId, "data-verdict": name, "data-state": state },
    el("header", {},
      el("span", { class: "mark", "aria-hidden": "true" }, MARKS[state]),
      el("h3", { id: headingId }, name, el("span", { class: "colon" }, ": "), el("span", { class: "state" }, state.toLowerCase()))),
    el("div", { class: "reasons" }, reasons.map((reason) => el("p", {}, inert(reason, 600)))),
    one && one.faults.length > 1 ? more(one) : null,
    el("dl", {},
      el("dt", {}, "If proven, it shows"), el("dd", {}, ABOUT[name].proves),
      el("dt", {}, "It never shows"), el("dd", {}, ABOUT[name].not)));
}

function more(one) {
  const listed = one.faults.slice(1, 60), left = one.faults.length + one.more - 1 - listed.length;
  return el("details", {},
    el("summary", {}, `${one.faults.length + one.more - 1} more`),
    el("ul", {}, listed.map((each) => el("li", {}, el("span", { class: "tag" }, each.state.toLowerCase()), " ", inert(fault(each), 600))), left > 0 ? el("li", {}, `and ${left} more`) : null));
}

function step({ number, name, said: what, done }) {
  return el("tr", { class: done ? "" : "skipped" },
    el("td", { class: "number" }, String(number)), el("th", { scope: "row" }, name),
    el("td", {}, done ? "done" : "not done"), el("td", {}, inert(what)));
}
