// Records, whole or shown in part, line by salted line. Twin of vault/evidence/record.py; docs/format/record.md.

import { sha256 } from "@noble/hashes/sha2.js";
import * as merkle from "./merkle.js";
import * as naming from "./naming.js";
import { base64Bytes, base64Text, byteLength, decoded, isWellFormed, refuse, utf8 } from "./strict.js";

const MAX_LINE = 16 << 20, MAX_LINES = 100000, MAX_RECORD = 64 << 20;
const SALT = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
const PLAIN = /^\["[A-Za-z0-9+/]{21}[AQgw]==","([a-z0-9.-]+)",(?:"([^"\\\x00-\x1f]*)"|(0|[1-9][0-9]{0,14})|(true|false))\]$/;

/** The lines of a whole record: [{name, value, text}]. */
export function parse(data, where = "record") {
  const lines = split(data, where).map((line, at) => readLine(line, `${where}, line ${at + 1}`));
  return checked(lines, where);
}

/** The lines of a shown record: {name, value, text}, or {name, hash} where a line is withheld (then `text` is null). */
export function parseShown(data, where = "shown record") {
  const lines = split(data, where).map((line, at) => readShown(line, `${where}, line ${at + 1}`));
  return checked(lines, where);
}

function split(data, where) {
  const text = decoded(data, where);
  if (text.length > MAX_RECORD || byteLength(text) > MAX_RECORD) refuse(where, `a record of at most ${MAX_RECORD} bytes`);
  const lines = text.split("\n");
  if (lines.pop() !== "") refuse(where, "lines that each end in a newline");
  return lines;
}

function readShown(line, where) {
  const mark = line.slice(0, 2), rest = line.slice(2);
  if (mark === "= ") return readLine(rest, where);
  if (mark !== "- ") refuse(where, "a line starting with `= ` or `- `");
  const space = rest.indexOf(" ");
  const name = space < 0 ? rest : rest.slice(0, space);
  return { name, text: null, hash: base64Bytes(space < 0 ? "" : rest.slice(space + 1), where, 32) };
}

function readLine(text, where) {
  const plain = text.length < MAX_LINE / 4 ? PLAIN.exec(text) : null;
  if (!plain) return parseLine(text, where);
  const [, name, string, integer, boolean] = plain;
  return { name, text, value: string ?? (integer === undefined ? boolean === "true" : Number(integer)) };
}

function parseLine(text, where) {
  if (text.length > MAX_LINE || (text.length > MAX_LINE / 4 && byteLength(text) > MAX_LINE)) {
    refuse(where, `a line of at most ${MAX_LINE} bytes`);
  }
  let array = null;
  try {
    array = JSON.parse(text);
  } catch {
    array = null;
  }
  if (!Array.isArray(array)) refuse(where, "a compact JSON array");
  if (!array.every(isValue)) refuse(where, "strings, booleans and integers 0..2^53-1 only");
  // One comparison settles duplicate spellings: spaces, escapes, 1e3, -0, lone surrogates.
  if (JSON.stringify(array) !== text) refuse(where, "the compact spelling of its own value");
  const [salt, name, value] = array;
  if (array.length !== 3 || typeof salt !== "string" || typeof name !== "string") refuse(where, '["<salt>","<name>",<value>]');
  if (!SALT.test(salt)) refuse(where, "a salt of 16 bytes in base64");
  return { name, value, text };
}

function isValue(value) {
  if (typeof value === "string") return isWellFormed(value);
  return typeof value === "boolean" || (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0));
}

function checked(lines, where) {
  if (lines.length > MAX_LINES) refuse(where, `at most ${MAX_LINES} lines`, lines.length);
  naming.checkNames(lines.map((line) => line.name), where);
  const terms = new Set();
  for (const line of lines) {
    if (line.text === null) continue;
    naming.checkValue(line.name, line.value, where);
    if (!naming.isTerm(line.name)) continue;
    if (terms.has(line.value)) refuse(where, "each term once");
    terms.add(line.value);
  }
  return lines;
}

function leafInput(line) {
  const hash = line.text === null ? line.hash : sha256(utf8(line.text));
  return utf8(`${line.name}\n${base64Text(hash)}\n`);
}

/** The record root, 32 bytes. */
export function root(lines) {
  return merkle.root(lines.map(leafInput));
}

/** What an `approval` entry approves: the root over the lines before the approvals and the sending. */
export function approvedRoot(lines) {
  return root(lines.filter((line) => naming.group(line.name) === naming.APPROVED));
}

/** The shown values by name. */
export function values(lines) {
  return new Map(lines.filter((line) => line.text !== null).map((line) => [line.name, line.value]));
}

/** The shown terms. */
export function terms(lines) {
  return lines.filter((line) => line.text !== null && naming.isTerm(line.name)).map((line) => line.value);
}

/** Whether a line of that name is withheld. */
export function withholds(lines, name) {
  return lines.some((line) => line.text === null && line.name === name);
}
