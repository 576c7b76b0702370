// Cover, answer, query and scope.

import { byId, el, inert, put } from "./dom.js";
import { bytes, count, moment, recipients, reason, term } from "./words.js";

/** The head of the report: whom it is for, who made it, what it answers. */
export function show(model) {
  const { statement } = model;
  put(byId("origin"), inert(model.origin));
  if (!statement) return put(byId("cover"), el("p", {}, "The statement of this report cannot be read."));
  put(byId("cover"), el("dl", { class: "facts" },
    fact("Prepared for", statement.recipient ? inert(statement.recipient) : "not stated"),
    statement.purpose ? fact("Purpose", inert(statement.purpose)) : null,
    fact("Made", `${moment(statement.madeText)}, by member ${statement.by}`),
    fact("As of", `checkpoint ${model.size.toLocaleString("en")}${statement.counts.later ? `; ${count(statement.counts.later, "later entry", "later entries")} not covered` : ""}`)));
  put(byId("answer"), answer(model));
  put(byId("scope"), scope(model));
  byId("own-fingerprint").textContent = model.fingerprint.replace(/(.{8})(?=.)/g, "$1 ");
  return undefined;
}

const fact = (name, ...value) => el("div", {}, el("dt", {}, name), el("dd", {}, ...value));

function answer({ rows, statement }) {
  const selected = rows.filter((row) => !row.excluded);
  const items = selected.reduce((sum, row) => sum + row.items.length, 0);
  const names = [...new Set(selected.flatMap((row) => recipients(row).map((one) => one.name)).filter((name) => typeof name === "string"))];
  const voids = selected.filter((row) => row.isVoid).length;
  const times = selected.map((row) => row.when);
  const span = times.length ? `between ${dayOf(Math.min(...times))} and ${dayOf(Math.max(...times))}` : "";
  return [
    el("p", { class: "lead" }, selected.length
      ? `${count(selected.length, "transmittal")} with ${count(items, "item")}, ${span}.`
      : "No transmittal fits the query.",
    voids ? ` ${count(voids, "transmittal was", "transmittals were")} declared void later.` : ""),
    names.length ? el("p", {}, "Recipients shown: ", join(names.slice(0, 12).map((name) => inert(name))), names.length > 12 ? ` and ${names.length - 12} more` : "", ".") : null,
    statement.excluded.length ? el("p", {}, `${count(statement.excluded.length, "further transmittal")} under the same terms ${statement.excluded.length === 1 ? "is" : "are"} left out by the query, and listed with the reason.`) : null,
  ];
}

function join(nodes) {
  return nodes.flatMap((node, at) => (at ? ["; ", node] : [node]));
}

function dayOf(time) {
  return moment(new Date(time).toISOString()).split(",")[0];
}

function scope({ statement, lists, disclosures }) {
  const { counts } = statement;
  const rows = [
    ["What was asked", statement.filters.length ? el("ul", {}, statement.filters.map((one) => el("li", {}, inert(one)))) : "not said in words: see what it is complete for"],
    ["Complete for", complete(statement, lists)],
    statement.within.length ? ["Restricted to", el("ul", {}, statement.within.map((one) => el("li", {}, inert(term(one)))))] : null,
    statement.since || statement.until ? ["Period", `${statement.since ? `from ${moment(statement.since)}` : ""} ${statement.until ? `before ${moment(statement.until)}` : ""}`] : null,
    statement.designations.length ? ["Designation", statement.designations.map((one) => inert(one))] : null,
    statement.chosen.length ? ["Chosen", statement.chosen.map((one) => `T-${String(one).padStart(6, "0")}`).join(", ")] : null,
    ["Shown", `${count(counts.entries, "entry", "entries")}; ${count(counts.lines, "line")} of records shown, ${counts.withheld.toLocaleString("en")} withheld`],
    counts.span ? ["Entries", `numbers ${counts.span[0]} to ${counts.span[1]}`] : null,
    ["In the ledger", disclosures >= 0 ? `${count(disclosures, "transmittal")} in all, by its index` : "not counted"],
    ["Documents", counts.documents ? `${counts.documents} enclosed, ${bytes(counts.bytes)}` : "none enclosed"],
    ["Not covered", "what was logged after this checkpoint, and what was never logged"],
    ["Transmittal numbers", statement.every ? "counted: all transmittals are shown" : "counted in the ledger; without the whole ledger they are the owner's word"],
  ];
  return el("dl", { class: "facts wide" }, rows.filter(Boolean).map(([name, value]) => fact(name, value)));
}

function complete(statement, lists) {
  if (statement.every) return "all transmittals of the ledger";
  if (!statement.complete.length) return "no list: the query names no party, subject, matter or category";
  const sizes = new Map(lists.map((one) => [one.term, one.entries]));
  return el("ul", {}, statement.complete.map((one) => {
    const entries = sizes.get(one);
    return el("li", {}, inert(term(one)), el("span", { class: "note" }, entries ? ` ${count(entries.length, "entry", "entries")}, ${entries.filter(([, kind]) => kind === "disclosure").length} of them transmittals` : " no list that holds"));
  }));
}

/** A reason of exclusion in words. */
export const excludedFor = (row) => reason(row.excluded);
