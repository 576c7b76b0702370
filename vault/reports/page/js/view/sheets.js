// A custody sheet for each transmittal on the page of the accounting: released by, received by, what, when, why, how.

import { byId, el, inert, put, valueOf } from "./dom.js";
import { bytes, count, itemName, lineName, moment, reason, recipients, stated, transmittal } from "./words.js";

/** The sheets of these rows; `ask(seq)` has every line of one sent to `fill`. */
export function show(rows, ask) {
  put(byId("sheets"), rows.map((row) => sheet(row, ask)));
}

function sheet(row, ask) {
  const id = `sheet-${row.seq}`, { fields } = row;
  return el("article", { class: `sheet ${row.isVoid ? "void" : ""}`, id, "aria-labelledby": `${id}-title` },
    el("header", {}, el("h3", { id: `${id}-title` }, transmittal(row)), el("p", {}, `entry ${row.seq}, logged ${moment(row.logged)} by ${row.signer}`)),
    row.isVoid ? el("p", { class: "grave" }, "Declared void by a later correction, below.") : "",
    row.excluded ? el("p", { class: "note" }, `Not selected by the query (${reason(row.excluded)}): only the lines that say so are shown.`) : "",
    el("div", { class: "hands" },
      hand("Released by", [["", fields["discloser.person"]], ["for ", fields["discloser.entity"]]]),
      el("div", {}, el("h4", {}, "Received by"), recipients(row).map(recipient), row.recipients.length ? "" : el("p", { class: "none" }, "—")),
      el("div", {}, el("h4", {}, "When"), el("p", {}, when(fields["event-time"]), fields["event-time-basis"] === undefined ? "" : [" (", valueOf(fields["event-time-basis"]), ")"]),
        fields["late-reason"] === undefined ? "" : el("p", { class: "grave" }, "Logged late: ", valueOf(fields["late-reason"]))),
      hand("Why", [["", fields.purpose], ["legal basis: ", fields["legal-basis"]], ["matter: ", fields["matter.title"]], ["request: ", fields["request.id"]]]),
      hand("How", [["", fields.method], ["reference: ", fields.reference]]),
      hand("Confidentiality", [["", fields.designation], ["marking: ", fields.marking], ["NDA: ", fields.nda]])),
    items(row), subjects(row), followUps(row),
    el("details", { class: "all-lines", "data-seq": row.seq, ontoggle: (event) => event.target.open && ask(row.seq) },
      el("summary", {}, `Every line of the record (${count(row.lines, "line")}, ${row.withheld} withheld)`), el("div", { class: "lines" }, "…")),
    el("div", { class: "signatures", "aria-hidden": "true" }, ["Released by, date", "Received by, date"].map((name) => el("span", {}, name))));
}

function when(value) {
  return (typeof value === "string" ? stated(value) : null) ?? valueOf(value);
}

function hand(name, values) {
  const shown = values.filter(([, value]) => value !== undefined);
  return el("div", {}, el("h4", {}, name), shown.length ? shown.map(([label, value]) => el("p", {}, label ? el("span", { class: "note" }, label) : "", valueOf(value))) : el("p", { class: "none" }, "—"));
}

function recipient(one) {
  const known = ["relation", "name", "country", "address", "contact", "role", "id"];
  const rest = Object.entries(one).filter(([name]) => !known.includes(name));
  return el("div", { class: "recipient" },
    el("p", {}, el("strong", {}, valueOf(one.name)), one.country === undefined ? "" : [", ", valueOf(one.country)], one.relation && one.relation !== "to" ? el("span", { class: "tag" }, inert(one.relation)) : ""),
    ["address", "contact", "role"].filter((name) => one[name] !== undefined).map((name) => el("p", { class: "note" }, valueOf(one[name]))),
    rest.map(([name, value]) => el("p", { class: "note" }, `${lineName(name)}: `, valueOf(value))));
}

function items(row) {
  if (!row.items.length) return "";
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Items of ${transmittal(row)}` }, el("table", {},
    el("caption", {}, "Items"),
    el("thead", {}, el("tr", {}, ["No.", "Name", "Size", "SHA-256"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, row.items.map((one, at) => el("tr", {}, el("td", { class: "number" }, String(at + 1)),
      el("td", {}, valueOf(itemName(one)), ["document-number", "revision", "language", "derivation"].filter((name) => one[name] !== undefined).map((name) => el("div", { class: "note" }, `${lineName(name)}: `, valueOf(one[name])))),
      el("td", {}, typeof one.size === "string" ? bytes(one.size) : valueOf(one.size)),
      el("td", { class: "hash" }, valueOf(one.sha256)))))));
}

function subjects(row) {
  if (!row.subjects.length) return "";
  return el("p", {}, el("strong", {}, "Who or what it exposes: "), row.subjects.map((one, at) => [at ? "; " : "", valueOf(one.name), one.degree === undefined ? "" : [" (", valueOf(one.degree), ")"]]));
}

function followUps(row) {
  if (!row.followUps.length) return "";
  return el("div", { class: "follow-ups" }, el("h4", {}, "What followed"), el("ol", {}, row.followUps.map((one) => el("li", { class: one.kind === "correction" ? "grave" : "" },
    `Entry ${one.seq}, ${one.kind}, ${moment(one.logged)}, by ${one.signer}. `,
    one.isVoid ? el("strong", {}, "Void. ") : "", one.item === undefined ? "" : ["Item ", valueOf(one.item), ". "],
    one.reason === undefined ? "" : ["Reason: ", valueOf(one.reason), ". "],
    one.changes.length ? el("ul", {}, one.changes.map(([name, value]) => el("li", {}, `${lineName(name)}: `, valueOf(value)))) : ""))));
}

/** Put every line of an entry, as the worker sent it, into its sheet. */
export function fill(one) {
  const place = document.querySelector(`details.all-lines[data-seq="${one.seq}"] .lines`);
  if (!place) return;
  put(place,
    el("table", {}, el("caption", {}, `Entry ${one.seq}, leaf hash `, el("code", {}, one.leaf)),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Line"), el("th", { scope: "col" }, "Value"))),
      el("tbody", {}, one.lines.map((line) => el("tr", {}, el("th", { scope: "row" }, el("code", {}, line.name)),
        el("td", {}, valueOf(line.value, 600), line.value === null && line.reason ? el("span", { class: "note" }, ` ${reason(line.reason)}`) : ""))))),
    el("details", {}, el("summary", {}, "The entry as it is signed"), el("pre", {}, one.text)));
}
