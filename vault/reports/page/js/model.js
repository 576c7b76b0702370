// What is shown of a bundle, as plain values: rows of the accounting, sheets, exceptions. All text in it is foreign.

import { fits } from "./statement.js";
import { base64Text, hexText } from "./strict.js";
import { beginning } from "./fitting.js";

const CUT = 400; // characters of a value in a row
const CUT_SHEET = 20000;
export const NOT_STATED = "not stated";

/** Cover, query and rows. */
export function modelOf(state) {
  const { read } = state, { statement, checkpoint } = read;
  const rows = transmittals(state).map((one) => rowOf(state, one));
  return {
    origin: checkpoint.head.origin, size: checkpoint.head.size, root: hexText(checkpoint.head.root),
    statement: statement ? plainStatement(statement) : null,
    fingerprint: hexText(read.keys[0].entry.hash),
    rows,
    withheld: withheldNames(state),
    others: othersOf(state),
    disclosures: state.disclosures, parties: state.parties,
    lists: [...(state.lists ?? [])].map(([term, entries]) => ({ term, entries: entries.map(({ seq, kind }) => [seq, kind]) })),
    members: [...(state.last?.members.values() ?? [])].map(({ name, roles }) => ({ name, roles })),
    continues: read.keys[0].entry.lines.find((line) => line.startsWith("continues ")) ?? "",
  };
}

function plainStatement(one) {
  const { text, made, root, ...rest } = one;
  return { ...rest, root: base64Text(root), since: one.since === null ? null : micros(one.since), until: one.until === null ? null : micros(one.until) };
}

export const micros = (value) => new Date(Number(value / 1000n)).toISOString().replace(/\.\d+Z$/, "Z");

function transmittals(state) {
  return state.read.entries.filter(({ entry }) => entry.kind === "disclosure");
}

/** A shown value, cut; null where the line is withheld, undefined where there is no such line. */
function valueOf(lines, name, cut = CUT) {
  const line = lines.find((one) => one.name === name);
  if (!line) return undefined;
  return line.text === null ? null : cutText(line.value, cut);
}

function cutText(value, cut) {
  const text = typeof value === "string" ? value : String(value);
  return text.length > cut ? `${text.slice(0, cut)}… [${text.length} characters]` : text;
}

/** The numbered things under a name, `recipient` say: [{field: value}], a withheld field being null. */
function numbered(lines, first, cut = CUT) {
  const found = [];
  for (const line of lines) {
    const match = /^([a-z-]+)\.([1-9][0-9]*)(?:\.(.+))?$/.exec(line.name);
    if (!match || match[1] !== first) continue;
    const at = Number(match[2]) - 1;
    found[at] ??= {};
    found[at][match[3] ?? ""] = line.text === null ? null : cutText(line.value, cut);
  }
  return found;
}

const FIELDS = ["event-time", "event-time-basis", "purpose", "legal-basis", "method", "reference", "designation", "marking",
  "confidentiality-claim", "nda", "discloser.entity", "discloser.person", "late-reason", "clock-reason", "series",
  "matter.title", "matter.authority", "matter.number", "request.id", "request.scope", "inspection.findings",
  "inspection.override-by", "inspection.override-reason"];

function rowOf(state, { seq, entry, record }) {
  const { statement } = state.read, lines = record ?? [];
  const selected = statement?.selected.find((one) => one.seq === seq);
  const excluded = statement?.excluded.find((one) => one.seq === seq);
  const row = { seq, number: selected ? selected.number : null, excluded: excluded?.reason ?? "", logged: micros(entry.time), signer: member(entry) };
  row.loggedText = entry.text.split("\n")[4];
  row.fields = Object.fromEntries(FIELDS.map((name) => [name, valueOf(lines, name)]).filter(([, value]) => value !== undefined));
  for (const many of ["recipient", "item", "subject"]) row[`${many}s`] = numbered(lines, many);
  row.categories = numbered(lines, "category").map((one) => one[""]);
  row.approvals = numbered(lines, "approval").map((one) => one.entry);
  row.notStated = lines.filter((line) => line.text !== null && line.value === NOT_STATED).map((line) => line.name);
  row.withheld = lines.filter((line) => line.text === null).length;
  row.lines = lines.length;
  row.isRefused = record === null;
  const begins = beginning(row.fields["event-time"]);
  row.when = begins === null ? Number(entry.time / 1000n) : Number(begins / 1000n);
  row.followUps = (state.followUps.get(seq) ?? []).map((one) => followUp(state, seq, one));
  row.isVoid = row.followUps.some((one) => one.isVoid);
  return row;
}

function member(entry) {
  return entry.signer.slice(entry.signer.lastIndexOf("/") + 1);
}

/** What follows an entry up, with what it changes. */
function followUp(state, seq, entry) {
  const lines = state.bySeq?.get(entry.seq)?.record ?? [];
  const corrects = valueOf(lines, "corrects"), item = valueOf(lines, "corrects-item");
  const about = ["corrects", "corrects-item", "reason", "void", "kind", "clock-reason"];
  const changes = lines.filter(({ name }) => !about.includes(name) && !name.startsWith("term."));
  return {
    seq: entry.seq, kind: entry.kind, logged: micros(entry.time), signer: member(entry),
    corrects, item, reason: valueOf(lines, "reason"), isItem: item !== undefined,
    isVoid: entry.kind === "correction" && corrects === String(seq) && valueOf(lines, "void") === "true" && item === undefined,
    isAbout: corrects === String(seq) || corrects === undefined,
    changes: changes.map((line) => [line.name, line.text === null ? null : cutText(line.value, CUT)]),
  };
}

/** Everything of one entry: for its custody sheet. */
export function sheetOf(state, seq) {
  const one = state.bySeq?.get(seq);
  if (!one) return null;
  const lines = (one.record ?? []).map((line) => ({
    name: line.name,
    value: line.text === null ? null : cutText(line.value, CUT_SHEET),
    reason: line.text === null ? reasonFor(state, seq, line.name) : "",
  }));
  return { seq, kind: one.entry.kind, text: one.entry.text, leaf: hexText(one.entry.hash), lines };
}

function reasonFor(state, seq, name) {
  const own = state.read.statement?.withheld.find(({ pattern }) => fits(pattern, name));
  return own?.reason ?? (state.outside?.has(seq) ? "outside-filter" : "");
}

/** How many lines of each pattern are withheld, and how many for lying outside the filter. */
function withheldNames(state) {
  const patterns = (state.read.statement?.withheld ?? []).map((one) => ({ ...one, count: 0, seqs: [] }));
  const outside = { pattern: "", reason: "outside-filter", count: 0, seqs: [] };
  const found = new Map();
  for (const { seq, record } of state.read.entries) {
    for (const line of record ?? []) {
      if (line.text !== null) continue;
      const key = state.outside?.has(seq) ? outside : pick(patterns, found, line.name);
      if (!key) continue;
      key.count++;
      if (key.seqs.at(-1) !== seq && key.seqs.length < 200) key.seqs.push(seq);
    }
  }
  return [...patterns, outside].filter((one) => one.pattern || one.count);
}

function pick(patterns, found, name) {
  if (!found.has(name)) found.set(name, patterns.find(({ pattern }) => fits(pattern, name)));
  return found.get(name);
}

/** The entries that are no transmittals. */
function othersOf(state) {
  return state.read.entries.filter(({ entry }) => entry.kind !== "disclosure").map(({ seq, entry, record }) => ({
    seq, kind: entry.kind, logged: micros(entry.time), signer: member(entry), lines: record?.length ?? 0,
    withheld: record?.filter((line) => line.text === null).length ?? 0,
    name: record ? valueOf(record, "name") : undefined,
  }));
}

/** By SHA-256 in hex, which items are that document: [{seq, number, item, name}]. */
export function documentsOf(state) {
  const found = new Map();
  const numbers = new Map((state.read.statement?.selected ?? []).map(({ seq, number }) => [seq, number]));
  for (const { seq, record } of state.read.entries) {
    for (const line of record ?? []) {
      const match = /^item\.([1-9][0-9]*)\.(sha256|payload-sha256)$/.exec(line.name);
      if (!match || line.text === null) continue;
      if (!found.has(line.value)) found.set(line.value, []);
      const name = valueOf(record, `item.${match[1]}.name`), size = valueOf(record, `item.${match[1]}.size`);
      found.get(line.value).push({ seq, number: numbers.get(seq) ?? null, item: Number(match[1]), name, size, isSealed: match[2] !== "sha256" });
    }
  }
  return found;
}
