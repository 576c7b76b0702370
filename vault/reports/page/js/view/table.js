// The accounting: one row for each transmittal, in pages, sortable by keyboard and mouse.

import { announce, byId, el, inert, put, valueOf } from "./dom.js";
import { count, itemName, moment, reason, recipients, stated, transmittal } from "./words.js";

export const PAGE = 25;
const COLUMNS = [
  ["No.", (row) => row.number ?? Infinity, (row) => el("a", { href: `#sheet-${row.seq}` }, transmittal(row))],
  ["Went out", (row) => row.when, wentOut],
  ["To", (row) => names(row), to],
  ["What", (row) => row.items.length, what],
  ["Purpose", (row) => text(row.fields.purpose), (row) => [valueOf(row.fields.purpose), asked(row)]],
  ["Method", (row) => text(row.fields.method), (row) => [valueOf(row.fields.method), row.fields.reference === undefined ? "" : el("div", { class: "note" }, valueOf(row.fields.reference, 80))]],
  ["Marking, NDA", (row) => text(row.fields.designation), marking],
  ["Remarks", (row) => remarks(row).length, (row) => el("ul", { class: "remarks" }, remarks(row).map((one) => el("li", { class: one.class }, one.text)))],
];

const text = (value) => (typeof value === "string" ? value : "");
const names = (row) => recipients(row).map((one) => text(one.name)).join("; ");

function wentOut(row) {
  const when = row.fields["event-time"], basis = row.fields["event-time-basis"];
  const said = typeof when === "string" ? stated(when) : null;
  return [said ?? (when === undefined ? moment(row.logged) : valueOf(when, 60)),
    basis ? el("div", { class: "note" }, valueOf(basis)) : when === undefined ? el("div", { class: "note" }, "as logged") : ""];
}

function to(row) {
  const shown = recipients(row).slice(0, 6);
  return [shown.map((one) => el("div", {}, one.relation && one.relation !== "to" ? el("span", { class: "tag" }, one.relation) : "", " ",
    valueOf(one.name), typeof one.country === "string" ? el("span", { class: "note" }, " ", inert(one.country)) : "",
    one.address === undefined ? "" : el("div", { class: "note" }, valueOf(one.address, 120)))),
  row.recipients.length > 6 ? el("div", { class: "note" }, `and ${row.recipients.length - 6} more`) : ""];
}

function what(row) {
  const shown = row.items.filter(Boolean).slice(0, 4);
  const categories = row.categories.filter((one) => one !== undefined);
  return [shown.map((one) => el("div", {}, valueOf(itemName(one), 120))),
    row.items.length > 4 ? el("div", { class: "note" }, `and ${row.items.length - 4} more items`) : "",
    categories.length ? el("div", { class: "note" }, categories.map((one, at) => [at ? ", " : "", valueOf(one)])) : ""];
}

function asked(row) {
  const title = row.fields["matter.title"], request = row.fields["request.id"];
  return [title === undefined ? "" : el("div", { class: "note" }, "matter ", valueOf(title, 120)), request === undefined ? "" : el("div", { class: "note" }, "request ", valueOf(request))];
}

function marking(row) {
  const { designation, marking: mark, nda } = row.fields;
  return [valueOf(designation), mark === undefined ? "" : el("div", { class: "note" }, valueOf(mark, 120)), el("div", { class: "note" }, "NDA: ", nda === undefined ? "none on file" : valueOf(nda, 80))];
}

/** What must not be overlooked about a row: void, corrected, late, not stated, excluded. */
export function remarks(row) {
  const found = [];
  if (row.isRefused) found.push({ text: "its record is refused: nothing of it is shown", class: "grave" });
  if (row.excluded) found.push({ text: `left out by the query: ${reason(row.excluded)}`, class: "note" });
  for (const one of row.followUps) {
    if (one.isVoid) found.push({ text: `void, entry ${one.seq}`, class: "grave" });
    else if (one.kind === "correction") found.push({ text: `corrected, entry ${one.seq}`, class: "grave" });
    else found.push({ text: `${one.kind}, entry ${one.seq}`, class: "" });
  }
  if (row.fields["late-reason"] !== undefined) found.push({ text: "logged late", class: "grave" });
  if (row.fields["inspection.override-by"] !== undefined) found.push({ text: "released over a finding", class: "grave" });
  if (row.notStated.length) found.push({ text: `not stated: ${row.notStated.length > 3 ? count(row.notStated.length, "field") : row.notStated.map((name) => name.replaceAll("-", " ").replaceAll(".", " ")).join(", ")}`, class: "" });
  if (row.withheld) found.push({ text: `${count(row.withheld, "line")} withheld`, class: "" });
  return found;
}

/** The table; `onPage(rows)` is told which rows are on the page. */
export class Table {
  constructor(rows, onPage) {
    Object.assign(this, { rows, onPage, page: 0, sorted: 0, down: false, sought: "" });
    byId("seek").addEventListener("input", (event) => {
      this.sought = event.target.value.normalize("NFKC").toLowerCase();
      this.page = 0;
      this.show();
    });
    this.show();
  }

  found() {
    if (!this.sought) return this.rows;
    return this.rows.filter((row) => haystack(row).includes(this.sought));
  }

  ordered() {
    const [, key] = COLUMNS[this.sorted];
    return [...this.found()].sort((one, other) => compare(key(one), key(other)) * (this.down ? -1 : 1) || one.seq - other.seq);
  }

  show() {
    const rows = this.ordered(), pages = Math.max(1, Math.ceil(rows.length / PAGE));
    this.page = Math.min(this.page, pages - 1);
    const shown = rows.slice(this.page * PAGE, (this.page + 1) * PAGE);
    put(byId("accounting-head"), COLUMNS.map(([name], at) => this.heading(name, at)));
    put(byId("accounting-body"), shown.map((row) => el("tr", { class: `${row.isVoid ? "void" : ""} ${row.excluded ? "excluded" : ""}`, "data-seq": row.seq },
      COLUMNS.map(([name, , cell], at) => (at ? el("td", { "data-label": name }, cell(row)) : el("th", { scope: "row", "data-label": name }, cell(row)))))));
    put(byId("accounting-pager"), this.pager(rows, pages));
    this.onPage(shown);
  }

  heading(name, at) {
    const sort = at === this.sorted ? (this.down ? "descending" : "ascending") : "none";
    return el("th", { scope: "col", "aria-sort": sort }, el("button", { type: "button", onclick: () => this.sort(at) }, name,
      el("span", { "aria-hidden": "true", class: "arrow" }, sort === "none" ? "" : this.down ? " ↓" : " ↑")));
  }

  sort(at) {
    this.down = at === this.sorted && !this.down;
    this.sorted = at;
    this.show();
    byId("accounting-head").children[at].firstChild.focus();
    announce(`sorted by ${COLUMNS[at][0]}, ${this.down ? "descending" : "ascending"}`);
  }

  pager(rows, pages) {
    const go = (page, name) => el("button", { type: "button", "aria-label": `${name} page`, disabled: page < 0 || page >= pages || page === this.page, onclick: () => this.turn(page) }, name);
    const first = rows.length ? this.page * PAGE + 1 : 0, last = Math.min(rows.length, (this.page + 1) * PAGE);
    return [el("span", {}, `${first.toLocaleString("en")} to ${last.toLocaleString("en")} of ${count(rows.length, "transmittal")}`),
      pages > 1 ? el("span", { class: "buttons" }, go(0, "First"), go(this.page - 1, "Previous"), go(this.page + 1, "Next"), go(pages - 1, "Last")) : ""];
  }

  /** Turn to the page that holds this entry. */
  reveal(seq) {
    this.sought = byId("seek").value = "";
    const at = this.ordered().findIndex((row) => row.seq === seq);
    if (at < 0) return;
    this.page = Math.floor(at / PAGE);
    this.show();
  }

  turn(page) {
    this.page = page;
    this.show();
    byId("accounting").scrollIntoView({ block: "start" });
    announce(byId("accounting-pager").firstChild.textContent);
  }
}

function compare(one, other) {
  if (typeof one === "number") return one === other ? 0 : one < other ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}

const haystacks = new WeakMap();

function haystack(row) {
  if (!haystacks.has(row)) {
    const parts = [transmittal(row), ...Object.values(row.fields), ...row.categories, ...row.recipients, ...row.items, ...row.subjects];
    haystacks.set(row, JSON.stringify(parts).normalize("NFKC").toLowerCase());
  }
  return haystacks.get(row);
}
