// What ties a record to its entry, and what it refers to: approvals, entries that it follows up.
// Twin of vault/evidence/binding.py (check_record) and references.py.

import * as naming from "./naming.js";
import { parseApproval, split } from "./public.js";
import * as record from "./record.js";
import { refuse, same } from "./strict.js";

export const FOLLOW_UPS = new Set(["correction", "receipt", "outcome", "notice", "erasure", "hold", "reseal"]);
const HIDDEN = Symbol("withheld");
const SHARED = new Set(["party", "party-name", "subject", "subject-name", "matter"]);

/** Refuse unless these lines, withheld or not, are the record that the entry commits to. */
export function checkRecord(lines, entry, where = "record") {
  if (entry.record === null || !same(entry.record, record.root(lines))) refuse(where, `the record of entry ${entry.seq}`, "another root");
  const count = lines.filter((line) => naming.isTerm(line.name)).length;
  if (count !== entry.tags.length) refuse(where, `${entry.tags.length} terms, as entry ${entry.seq} has tags`, count);
  for (const term of record.terms(lines)) {
    if (term.startsWith("entry:") && !(Number(term.slice(6)) < entry.seq)) {
      refuse(where, `to follow up an entry before ${entry.seq}`, term.slice(6));
    }
  }
}

/** {entries, shared}: which entries a record is filed under, and its party, subject and matter terms. */
export function filed(lines) {
  const terms = record.terms(lines);
  const entries = terms.filter((term) => term.startsWith("entry:")).map((term) => Number(term.slice(6)));
  return {
    entries: entries.sort((one, other) => one - other),
    shared: new Set(terms.filter((term) => SHARED.has(term.slice(0, term.indexOf(":"))))),
  };
}

/** What the record of an entry refers to, or null: {entry, approvals, approved, stated, corrects, filed}. */
export function of(lines, entry) {
  const approvalLines = lines.filter((line) => naming.isApproval(line.name));
  const shown = record.values(lines);
  const termsHidden = lines.some((line) => line.text === null && naming.isTerm(line.name));
  const isFiled = filed(lines);
  const follows = FOLLOW_UPS.has(entry.kind) || isFiled.entries.length > 0;
  if (!approvalLines.length && !follows) return null;
  return {
    entry,
    approvals: approvalLines.map((line) => (line.text === null ? null : line.value)),
    approved: approvalLines.length ? record.approvedRoot(lines) : null,
    stated: shown.get("kind"),
    corrects: record.withholds(lines, "corrects") ? HIDDEN : shown.get("corrects"),
    filed: follows && !termsHidden ? isFiled : null,
  };
}

/** By approval, the first entry that names it: for that one it counts. */
export function firstNamed(references) {
  const found = new Map();
  for (const one of references) {
    for (const approval of one.approvals) {
      if (approval !== null) found.set(approval, Math.min(found.get(approval) ?? Infinity, one.entry.seq));
    }
  }
  return found;
}

/** Refuse unless each approval that is named and shown is an earlier entry, by another member each, for these lines. */
export function checkApproval(reference, seq, approval, first, signers, where) {
  if (approval.kind !== "approval" || seq >= reference.entry.seq) {
    refuse(where, `an approval before entry ${reference.entry.seq}`, `entry ${seq}`);
  }
  if (signers.has(approval.signer)) refuse(where, "an approval by another member", approval.signer);
  if (!same(parseApproval(split(approval.lines[0])[1]), reference.approved)) refuse(where, "an approval of these lines", `entry ${seq}`);
  if ((first.get(seq) ?? reference.entry.seq) !== reference.entry.seq) {
    refuse(where, `an approval not spent on entry ${first.get(seq)}`, `entry ${seq}`);
  }
}

/** Refuse a follow-up that is not filed under what it follows up, as far as its own record shows that. */
export function checkFiled(reference, where = "record") {
  const { filed: own, entry, corrects } = reference;
  if (own === null) return;
  if (!own.entries.length) refuse(where, `a ${entry.kind} filed under the entry that it follows up`, "no term entry:<number>");
  if (entry.kind === "correction" && corrects !== HIDDEN && !own.entries.includes(typeof corrects === "number" ? corrects : -1)) {
    refuse(where, "a correction filed under the entry that its line `corrects` names");
  }
}

/** Refuse a follow-up of entry `seq` that lacks a shared term of it, or the first entry that all of it is about. */
export function checkFollowUp(reference, seq, earlier, where = "record") {
  const { filed: own } = reference;
  if (own === null) return;
  for (const term of earlier.shared) {
    if (!own.shared.has(term)) refuse(where, `the party, subject and matter terms of entry ${seq}, which it follows up`, "not all of them");
  }
  const first = earlier.entries.length ? earlier.entries[0] : seq;
  if (!own.entries.includes(first)) refuse(where, `a term entry:${first}, the first that entry ${seq} follows up`, "none");
}
