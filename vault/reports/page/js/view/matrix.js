// The exposure matrix: which subject was shown to which recipient, by the lines that are shown.

import { byId, el, inert, put } from "./dom.js";
import { count, recipients, transmittal } from "./words.js";

const MOST = 40; // rows and columns

/** Subjects down, recipients across; each cell says how often and from when. */
export function show(rows) {
  const cells = new Map(), across = new Map(), hidden = { subjects: 0 };
  for (const row of rows.filter((one) => !one.excluded && !one.isVoid)) {
    for (const subject of row.subjects.filter(Boolean)) {
      if (typeof subject.name !== "string") hidden.subjects++;
      else for (const one of recipients(row)) mark(cells, across, subject, one, row);
    }
  }
  const subjects = [...cells.keys()].slice(0, MOST), names = [...across.keys()].slice(0, MOST);
  const note = hidden.subjects ? el("p", { class: "note" }, `${count(hidden.subjects, "mention")} of a subject ${hidden.subjects === 1 ? "is" : "are"} withheld and not in this table.`) : "";
  if (!subjects.length) return put(byId("matrix"), el("p", { class: "none" }, "No subject is shown in this report."), note);
  const more = cells.size > MOST || across.size > MOST ? el("p", { class: "note" }, `The first ${MOST} of ${cells.size} subjects and ${across.size} recipients.`) : "";
  return put(byId("matrix"), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Exposure by subject and recipient" }, el("table", { class: "matrix" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Subject"), names.map((name) => el("th", { scope: "col" }, inert(name, 80))))),
    el("tbody", {}, subjects.map((subject) => el("tr", {}, el("th", { scope: "row" }, inert(subject, 80)), names.map((name) => el("td", {}, cell(cells.get(subject).get(name))))))))), more, note);
}

function mark(cells, across, subject, one, row) {
  const name = typeof one.name === "string" ? one.name : "recipient withheld";
  across.set(name, true);
  if (!cells.has(subject.name)) cells.set(subject.name, new Map());
  const line = cells.get(subject.name);
  if (!line.has(name)) line.set(name, { rows: [], degrees: new Set() });
  line.get(name).rows.push(row);
  if (typeof subject.degree === "string") line.get(name).degrees.add(subject.degree);
}

function cell(held) {
  if (!held) return el("span", { class: "none" }, "—");
  const first = held.rows.reduce((one, other) => (other.when < one.when ? other : one));
  return [el("strong", {}, String(held.rows.length)), el("div", { class: "note" }, "first ", transmittal(first), ", ", new Date(first.when).toISOString().slice(0, 10)),
    held.degrees.size ? el("div", { class: "note" }, [...held.degrees].map((degree, at) => [at ? ", " : "", inert(degree, 40)])) : ""];
}
