// What must never be hidden: corrections, late entries, overrides, fields not stated, lines withheld, other entries.

import { byId, el, inert, put, valueOf } from "./dom.js";
import { count, lineName, moment, reason, transmittal } from "./words.js";

const MOST = 200;

/** All of it; each section says "none" where there is none. */
export function show(model) {
  const rows = model.rows.filter((row) => !row.excluded);
  section("corrections", rows.flatMap((row) => row.followUps.filter((one) => one.kind === "correction").map((one) => correction(row, one))), "Nothing shown was corrected.");
  section("late", rows.filter((row) => row.fields["late-reason"] !== undefined).map((row) => el("li", {}, link(row), `, logged ${moment(row.logged)}: `, valueOf(row.fields["late-reason"]))), "Nothing was logged late.");
  section("overrides", rows.filter((row) => row.fields["inspection.override-by"] !== undefined || row.fields["inspection.findings"] !== undefined).map(override), "No finding of an inspection is recorded.");
  section("unstated", rows.filter((row) => row.notStated.length).map((row) => el("li", {}, link(row), `: ${row.notStated.map(lineName).join("; ")}`)), "Every field that was asked for is stated.");
  section("excluded-list", model.rows.filter((row) => row.excluded).map((row) => el("li", {}, link(row), `: ${reason(row.excluded)}`)), "None.");
  withheld(model);
  others(model);
}

function section(id, entries, none) {
  const shown = entries.slice(0, MOST);
  put(byId(id), shown.length ? el("ul", {}, shown, entries.length > MOST ? el("li", {}, `and ${entries.length - MOST} more, in the accounting`) : "") : el("p", { class: "none" }, none));
}

const link = (row) => el("a", { href: `#sheet-${row.seq}`, "data-seq": row.seq }, transmittal(row));

function correction(row, one) {
  return el("li", {}, link(row), `: entry ${one.seq}, ${moment(one.logged)}. `, one.isVoid ? el("strong", {}, "Void. ") : "",
    one.reason === undefined ? "" : ["Reason: ", valueOf(one.reason, 160)], one.changes.length ? ` (${one.changes.map(([name]) => lineName(name)).join("; ")})` : "");
}

function override(row) {
  const { fields } = row;
  return el("li", {}, link(row), ": ", valueOf(fields["inspection.findings"]), fields["inspection.override-by"] === undefined ? "" : ["; released by ", valueOf(fields["inspection.override-by"]), ", because ", valueOf(fields["inspection.override-reason"])]);
}

function withheld(model) {
  const listed = model.withheld;
  if (!listed.length) return put(byId("withheld"), el("p", { class: "none" }, "Nothing is withheld."));
  return put(byId("withheld"), el("table", {},
    el("thead", {}, el("tr", {}, ["Lines", "Reason given", "How many", "In"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, listed.map((one) => el("tr", {}, el("th", { scope: "row" }, one.pattern ? inert(lineName(one.pattern.replaceAll("*", "…"))) : "all but what decides"),
      el("td", {}, reason(one.reason)), el("td", { class: "number" }, one.count.toLocaleString("en")),
      el("td", {}, one.seqs.slice(0, 12).map((seq) => `entry ${seq}`).join(", "), one.seqs.length > 12 ? ` and ${one.seqs.length === 200 ? "many" : one.seqs.length - 12} more` : ""))))));
}

function others(model) {
  const listed = model.others.slice(0, MOST);
  put(byId("others"), listed.length ? el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Other entries" }, el("table", {},
    el("thead", {}, el("tr", {}, ["Entry", "Kind", "Logged", "By", "What"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, listed.map((one) => el("tr", {}, el("th", { scope: "row", class: "number" }, String(one.seq)), el("td", {}, one.kind), el("td", {}, moment(one.logged)), el("td", {}, one.signer),
      el("td", {}, one.name === undefined ? "" : valueOf(one.name, 120), one.lines ? el("span", { class: "note" }, ` ${count(one.lines, "line")}, ${one.withheld} withheld`) : "")))))) : el("p", { class: "none" }, "None."),
  model.others.length > MOST ? el("p", { class: "note" }, `and ${model.others.length - MOST} more`) : "");
}
