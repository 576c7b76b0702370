// The statement of a report: what was asked, what is shown and withheld. Twin of vault/evidence/statement.py.

import * as terms from "./terms.js";
import { base64Bytes, byteLength, compareBytes, decimal, hexBytes, refuse, text as strictText, utf8, utcTime } from "./strict.js";

export const FORMAT = "disclosure-vault/report/v1";
const MAX_STATEMENT = 8 << 20, MAX_TEXT = 4096;
const REASON = /^[a-z][a-z0-9-]{0,31}$/;
const MAX_PATTERNS = 4096; // each record line is compared with them
const PATTERN = /^[a-z][a-z0-9-]*(?:\.(?:[a-z0-9-]+|\*))*$/;

/** Whether a line of that name is withheld by the pattern: it, or a beginning up to a dot; `*` stands for a number. */
export function fits(pattern, name) {
  const wanted = pattern.split("."), parts = name.split(".");
  return parts.length >= wanted.length && wanted.every((one, at) => one === parts[at] || (one === "*" && /^[0-9]+$/.test(parts[at])));
}

class Lines {
  constructor(text, where) {
    const lines = text.split("\n");
    if (lines.pop() !== "") refuse(where, "lines that each end in a newline");
    Object.assign(this, { lines, at: 0, where });
  }

  has(name) {
    return this.lines[this.at]?.startsWith(`${name} `) ?? false;
  }

  one(name) {
    if (!this.has(name)) refuse(this.where, `a line \`${name}\``, this.lines[this.at] ?? "the end");
    return this.lines[this.at++].slice(name.length + 1);
  }

  fields(name, count) {
    const found = this.one(name).split(" ");
    if (found.length !== count) refuse(this.where, `${count} fields in line \`${name}\``, found.length);
    return found;
  }

  text(name) {
    if (!this.has(name)) return "";
    const found = this.one(name);
    if (!found || byteLength(found) > MAX_TEXT) refuse(this.where, `1 to ${MAX_TEXT} bytes in line \`${name}\``);
    return found;
  }

  many(read) {
    const found = [];
    for (let one = read(); one !== null; one = read()) found.push(one);
    return found;
  }

  texts(name) {
    return this.many(() => (this.has(name) ? this.text(name) : null));
  }

  rows(name, count) {
    return this.many(() => (this.has(name) ? this.fields(name, count) : null));
  }
}

/** A statement, nothing in it verified but its spelling. Times are microseconds (BigInt) or null. */
export function parse(data, where = "statement") {
  const text = strictText(data, where, MAX_STATEMENT);
  const lines = new Lines(text, where);
  if (lines.lines[lines.at++] !== FORMAT) refuse(where, `the first line ${FORMAT}`, lines.lines[0] ?? "none");
  const read = { text, origin: lines.one("origin") };
  read.madeText = lines.one("made");
  read.made = utcTime(read.madeText, where);
  read.by = lines.one("by");
  if (!/^m[1-9][0-9]{0,8}$/.test(read.by)) refuse(where, "a member like m1", read.by);
  const [size, root] = lines.fields("checkpoint", 2);
  read.size = decimal(size, where);
  read.root = base64Bytes(root, where, 32);
  read.recipient = lines.text("for");
  read.purpose = lines.text("purpose");
  Object.assign(read, query(lines, where), listed(lines, where), counts(lines, where));
  if (lines.at !== lines.lines.length) refuse(where, "the lines of a statement in their order", lines.lines[lines.at]);
  check(read, where);
  return read;
}

function query(lines, where) {
  const filters = lines.texts("filter"), complete = lines.texts("complete");
  const every = lines.has("complete-kind");
  if (every && lines.one("complete-kind") !== "disclosure") refuse(where, "complete-kind disclosure");
  const within = lines.texts("within");
  const times = ["since", "until"].map((name) => (lines.has(name) ? utcTime(lines.one(name), where) : null));
  const designations = lines.texts("designation");
  const chosen = lines.rows("chosen", 1).map(([number]) => decimal(number, where));
  return { filters, complete, every, within, since: times[0], until: times[1], designations, chosen };
}

function listed(lines, where) {
  return {
    withheld: lines.rows("withheld", 2).map(([pattern, reason]) => ({ pattern, reason })),
    selected: lines.rows("transmittal", 2).map(([number, seq]) => ({ number: decimal(number, where), seq: decimal(seq, where) })),
    excluded: lines.rows("excluded", 2).map(([seq, reason]) => ({ seq: decimal(seq, where), reason })),
  };
}

function counts(lines, where) {
  const [entries, shown, hidden] = lines.fields("shown", 3).map((one) => decimal(one, where));
  const span = lines.has("span") ? lines.fields("span", 2).map((one) => decimal(one, where)) : null;
  const later = decimal(lines.one("later"), where);
  const [documents, bytes] = lines.fields("documents", 2).map((one) => decimal(one, where));
  const ledger = lines.one("ledger");
  if (ledger !== "yes" && ledger !== "no") refuse(where, "ledger yes or ledger no", ledger);
  return { counts: { entries, lines: shown, withheld: hidden, span, later, documents, bytes, ledger: ledger === "yes" } };
}

function check(read, where) {
  for (const term of [...read.complete, ...read.within]) terms.check(term, where);
  if (read.every && read.complete.length) refuse(where, "complete terms or complete-kind, not both");
  if (read.withheld.length > MAX_PATTERNS) refuse(where, `at most ${MAX_PATTERNS} lines \`withheld\``, read.withheld.length);
  for (const { pattern, reason } of read.withheld) {
    if (!PATTERN.test(pattern) || !REASON.test(reason)) refuse(where, "withheld <pattern> <reason>", `${pattern} ${reason}`);
  }
  for (const { reason } of read.excluded) if (!REASON.test(reason)) refuse(where, "excluded <seq> <reason>", reason);
  for (const name of ["complete", "within", "designations"]) ascending(name, read[name].map((one) => utf8(one)), where, compareBytes);
  ascending("withheld", read.withheld.map((one) => utf8(one.pattern)), where, compareBytes);
  ascending("chosen", read.chosen, where);
  ascending("transmittal", read.selected.map((one) => one.number), where);
  ascending("transmittal", read.selected.map((one) => one.seq), where);
  ascending("excluded", read.excluded.map((one) => one.seq), where);
}

function ascending(name, values, where, compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0)) {
  for (let i = 1; i < values.length; i++) {
    if (compare(values[i - 1], values[i]) >= 0) refuse(where, `lines \`${name}\` in ascending order, none twice`);
  }
}

/** {text, digest}: the statement in report.note, and the hash of the tag manifest (32 bytes). */
export function splitSealed(text, where = "report.note") {
  const border = text.lastIndexOf("\ntagmanifest ");
  if (border < 0 || !text.endsWith("\n")) refuse(where, "a last line `tagmanifest <sha256>`");
  return { text: text.slice(0, border + 1), digest: hexBytes(text.slice(border + 13, -1), `${where}, tagmanifest`, 32) };
}
