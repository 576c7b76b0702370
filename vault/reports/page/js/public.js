// The public lines of entries without a record. Twin of vault/evidence/public.py; docs/format/entry.md has the table.

import { ED25519, ML_DSA_44_COSIGNATURE, parseKey, parseSignature } from "./note.js";
import { base64Bytes, decimal, hexBytes, refuse } from "./strict.js";

export const ROLES = ["custodian", "recorder", "reader", "auditor", "checkpointer"];
const MEMBER = /^m[1-9][0-9]{0,5}$/;
const RECIPIENT = /^(?:age1[02-9ac-hj-np-z]{58}|age1pq1[02-9ac-hj-np-z]{1952})$/;
const RULE = /^[a-z][a-z0-9.-]{0,63}$/;

/** A public line's keyword and the rest. */
export function split(line) {
  const space = line.indexOf(" ");
  return [line.slice(0, space), line.slice(space + 1)];
}

function fields(value, count, where) {
  const found = value.split(" ");
  if (found.length !== count) refuse(where, `${count} fields`, value);
  return found;
}

function memberNumber(name, where) {
  if (!MEMBER.test(name)) refuse(where, "a member's name like m2", name);
  return Number(name.slice(1));
}

/** {name, roles, key, recipient} of what follows `member `. */
export function parseMember(value, where) {
  const [name, roles, vkey, recipient] = fields(value, 4, where);
  memberNumber(name, where);
  const listed = roles.split(",");
  const known = ROLES.filter((role) => listed.includes(role));
  if (listed.join(",") !== known.join(",")) refuse(where, `roles of ${ROLES.join(", ")}, in this order, each once`, roles);
  if (listed.includes("auditor") && listed.length > 1) refuse(where, "auditor as the only role", roles);
  const key = parseKey(vkey, where);
  if (key.kind !== ED25519) refuse(where, "an Ed25519 vkey (type 1)", vkey);
  if (!RECIPIENT.test(recipient)) refuse(where, "an age recipient, age1... or age1pq1...", recipient);
  return { name, roles: listed, key, recipient };
}

/** [generation, key]. */
export function parseVrf(value, where) {
  const [generation, key] = fields(value, 2, where);
  return [decimal(generation, where), base64Bytes(key, where, 32)];
}

/** [member, seq]. */
export function parseRevocation(value, where) {
  const [name, seq] = fields(value, 2, where);
  memberNumber(name, where);
  return [name, decimal(seq, where)];
}

/** [size, root]. */
export function parseRoot(value, where) {
  const [size, root] = fields(value, 2, where);
  return [decimal(size, where), base64Bytes(root, where, 32)];
}

function parseContinues(value, where) {
  const [fingerprint, head] = split(value);
  const [size] = parseRoot(head, where);
  if (size === 0) refuse(where, "a ledger of at least one entry to continue", size);
  return hexBytes(fingerprint, where, 32);
}

/** The root (32 bytes) of the lines that an `approval` entry approves. */
export function parseApproval(value, where = "approval") {
  return base64Bytes(value, where, 32);
}

// The readers of lines that may be repeated return what the repeats are sorted by: numbers, or ASCII strings.
function log(value, where) {
  const { kind } = parseKey(value, where);
  if (kind !== ED25519 && kind !== ML_DSA_44_COSIGNATURE) refuse(where, "an Ed25519 (1) or ML-DSA-44 cosignature (6) key", kind);
  return kind;
}

function hex32(value, where) {
  hexBytes(value, where, 32);
  return value;
}

function cosignature(value, where) {
  const { value: bytes } = parseSignature(value, where);
  if (bytes.length !== 72 && bytes.length !== 2428) refuse(where, "a cosignature: a time, then a signature", `${bytes.length} bytes`);
  return value;
}

function rule(value, where) {
  const [name, rest] = split(value);
  if (!RULE.test(name) || !rest || !value.includes(" ")) refuse(where, "rule <name> <value>", value);
  return name;
}

function objects(value, where) {
  const [count, digest] = fields(value, 2, where);
  hexBytes(digest, where, 32);
  return decimal(count, where);
}

function drill(value, where) {
  if (value !== "ok" && value !== "failed") refuse(where, "drill ok or drill failed", value);
  return value;
}

const GRAMMAR = {
  genesis: [["log", 2, 2, log], ["vrf", 1, 1, parseVrf], ["member", 1, 1, (v, w) => memberNumber(parseMember(v, w).name, w)],
    ["keyring", 1, 1, hex32], ["continues", 0, 1, parseContinues]],
  key: [["log", 0, 2, log], ["vrf", 0, 1, parseVrf], ["member", 0, 1000, (v, w) => memberNumber(parseMember(v, w).name, w)],
    ["remove", 0, 1000, memberNumber], ["revoke", 0, 1000, (v, w) => memberNumber(parseRevocation(v, w)[0], w)],
    ["keyring", 1, 1, hex32]],
  index: [["index", 1, 1, parseRoot]],
  anchor: [["checkpoint", 1, 1, parseRoot], ["token", 0, 1000, hex32], ["cosignature", 0, 1000, cosignature],
    ["worm", 0, 1000, (v) => v]],
  policy: [["rule", 1, 1000, rule]],
  backup: [["size", 1, 1, decimal], ["objects", 1, 1, objects], ["drill", 0, 1, drill]],
  approval: [["approves", 1, 1, parseApproval]],
};
export const KINDS = new Set(Object.keys(GRAMMAR));
export const RECORD_KINDS = new Set(("party subject matter request outcome disclosure correction receipt notice " +
  "nil-return hold erasure reseal export report").split(" "));

/** Refuse lines that entry `seq`, of this kind, does not have; of an unknown kind only the shape is known. */
export function checkLines(kind, seq, lines, where) {
  if (RECORD_KINDS.has(kind)) refuse(where, `a record line in an entry of kind ${kind}`, lines[0]);
  if (KINDS.has(kind)) {
    checkGrammar(kind, lines, where);
    checkExtent(kind, seq, lines, where);
  } else if (lines.some((line) => split(line)[0] === "cosignature")) {
    refuse(where, `cosignature lines in an anchor only, not in an entry of kind ${kind}`);
  }
}

function checkGrammar(kind, lines, where) {
  let at = 0;
  for (const [keyword, least, most, read] of GRAMMAR[kind]) {
    const keys = [];
    while (at < lines.length && split(lines[at])[0] === keyword) {
      keys.push(read(split(lines[at++])[1], `${where}, line ${keyword}`));
    }
    // Log keys come as a pair or not at all.
    if (keys.length < least || keys.length > most || (keyword === "log" && keys.length === 1)) {
      refuse(where, `line \`${keyword}\` ${least} to ${most} times in an entry of kind ${kind}`, keys.length);
    }
    for (let i = 1; i < keys.length; i++) if (!(keys[i - 1] < keys[i])) refuse(where, `lines \`${keyword}\` sorted, each once`);
  }
  if (at < lines.length) refuse(where, `only the lines of an entry of kind ${kind}, in their order`, lines[at]);
}

function checkExtent(kind, seq, lines, where) {
  if (!["index", "anchor", "backup"].includes(kind)) return;
  const size = decimal(lines[0].split(" ")[1], where);
  if (!(kind === "index" ? size === seq : size > 0 && size <= seq)) {
    refuse(where, `a size of ${kind === "index" ? "" : "1 to "}${seq}`, size);
  }
  if (kind === "anchor" && lines.length === 1) refuse(where, "a token, cosignature or worm line");
}
