// What the lines of a record may be called, in which order they stand, and how values are spelled.
// Twin of vault/evidence/naming.py; docs/format/record.md, Names.

import * as terms from "./terms.js";
import { base64Bytes, hexBytes, refuse } from "./strict.js";

export const APPROVED = 1, APPROVAL = 2, SENDING = 3;
const SENT = new Set(["clock-reason", "event-time", "event-time-basis", "late-reason", "reference"]);
const CAPS = { item: 1000, term: 1200 };
const NAME = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*$/;

/** Where a line stands: APPROVED lines, then each APPROVAL, then when and how it was sent (SENDING). */
export function group(name) {
  if (SENT.has(name)) return SENDING;
  return name.startsWith("approval.") ? APPROVAL : APPROVED;
}

export const isTerm = (name) => name.startsWith("term.");
export const isApproval = (name) => /^approval\.[0-9]+\.entry$/.test(name);

const remembered = new Map(); // a year of disclosures repeats a dozen lists of names

/** Refuse names that are no names, repeated, numbered with a gap, too many, or out of their order. */
export function checkNames(names, where) {
  const key = names.length < 200 ? names.join("\n") : "";
  if (key && remembered.has(key)) return;
  checkOnce(names, where);
  if (!key) return;
  if (remembered.size > 1000) remembered.clear();
  remembered.set(key, true);
}

function checkOnce(names, where) {
  const seen = new Set(), numbers = new Map();
  for (const name of names) {
    if (seen.has(name) || name.length > 64 || !NAME.test(name)) {
      refuse(where, "names of lower-case letters, digits, hyphens and dots, each once", name);
    }
    seen.add(name);
    const [first] = name.split(".", 1);
    const isShaped = first === "term" ? /^term\.[0-9]+$/ : first === "approval" ? /^approval\.[0-9]+\.[a-z][a-z0-9-]*$/ : null;
    if (isShaped && !isShaped.test(name)) refuse(where, "terms named term.<n>, approvals approval.<n>.<what>", name);
    for (const found of name.matchAll(/\.([0-9]+)(?![a-z0-9-])/g)) {
      const before = name.slice(0, found.index);
      if (!numbers.has(before)) numbers.set(before, new Set());
      numbers.get(before).add(found[1]);
    }
  }
  checkNumbers(numbers, seen, where);
  checkOrder(names, where);
}

function checkNumbers(numbers, seen, where) {
  for (const [before, found] of numbers) {
    for (let n = 1; n <= found.size; n++) {
      if (!found.has(String(n))) refuse(where, `numbers from 1 without a gap after \`${before}\``);
      if (before === "approval" && !seen.has(`approval.${n}.entry`)) refuse(where, "the entry of each approval, approval.<n>.entry");
    }
    if (found.size > (CAPS[before] ?? found.size)) refuse(where, `at most ${CAPS[before]} of \`${before}\``, found.size);
  }
}

function checkOrder(names, where) {
  let last = APPROVED;
  names.forEach((name, place) => {
    const at = group(name);
    if (at < last || (place === 0 && at !== APPROVED)) {
      refuse(where, "one approved line or more, then approvals, then times and reference");
    }
    last = at;
  });
  if (!names.length) refuse(where, "one approved line or more, then approvals, then times and reference");
}

/** Refuse a value that is not spelled as its name demands. Values are secret: none is in the error. */
export function checkValue(name, value, where) {
  if (isTerm(name)) return terms.check(value, where);
  if (isApproval(name)) {
    if (typeof value !== "number") refuse(where, "the number of an entry as a number");
    return undefined;
  }
  const last = name.slice(name.lastIndexOf(".") + 1);
  const text = typeof value === "string" ? value : "";
  if (last === "sha256" || last.endsWith("-sha256")) hexBytes(/^[0-9a-f]{64}$/.test(text) ? text : "", where, 32);
  else if (last === "name-bytes") checkNameBytes(text, `${where}, line ${name}`);
  return undefined;
}

function checkNameBytes(text, where) {
  let bytes = null;
  try {
    bytes = base64Bytes(text, where);
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    if (bytes) return;
    refuse(where, "canonical base64");
  }
  refuse(where, "a file name that is not UTF-8; others stand as they are");
}
