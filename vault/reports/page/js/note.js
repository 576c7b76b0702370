// Signed notes: text, an empty line, signature lines (C2SP signed-note v1.0.0). Twin of vault/evidence/note.py.

import { sha256 } from "@noble/hashes/sha2.js";
import { checkPublic, verify as verifyEd25519 } from "./ed25519.js";
import { base64Bytes, byteLength, hexText, joined, refuse, same, text as strictText, utf8 } from "./strict.js";

export const ED25519 = 1;
export const ED25519_COSIGNATURE = 4;
export const ML_DSA_44_COSIGNATURE = 6;
export const MAX_NOTE = 1 << 20;
export const MAX_NAME = 255;
const MAX_SIGNATURES = 64;
const DASH = "— ";
const NAME = /^[^+\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]+$/u;
const SIZES = { [ED25519]: 32, [ED25519_COSIGNATURE]: 32, [ML_DSA_44_COSIGNATURE]: 1312 };

/** Refuse a key name or origin that is empty, over 255 bytes, or holds white space, control characters or `+`. */
export function checkName(name, where) {
  if (!NAME.test(name) || byteLength(name) > MAX_NAME) {
    refuse(where, "a name of 1 to 255 bytes without white space or +", name);
  }
}

/** A public key that signs notes, read from a vkey: {name, kind, public, id, text}; all of it checked. */
export function parseKey(vkey, where = "vkey") {
  const first = vkey.indexOf("+"), second = vkey.indexOf("+", first + 1);
  if (first < 0 || second < 0) refuse(where, "<name>+<key id>+<base64>", vkey);
  const name = vkey.slice(0, first);
  const decodedKey = base64Bytes(vkey.slice(second + 1), where);
  const kind = decodedKey[0] ?? 0, bytes = decodedKey.slice(1);
  checkName(name, where);
  if (bytes.length !== SIZES[kind]) {
    refuse(where, "an Ed25519 (1), Ed25519 cosignature (4) or ML-DSA-44 cosignature (6) key", `type ${kind}`);
  }
  if (kind !== ML_DSA_44_COSIGNATURE) checkPublic(bytes, where);
  const id = sha256(joined(utf8(name), new Uint8Array([10, kind]), bytes)).slice(0, 4);
  if (vkey.slice(first + 1, second) !== hexText(id)) refuse(where, `key id ${hexText(id)}`, vkey.slice(first + 1, second));
  return Object.freeze({ name, kind, public: bytes, id, text: vkey });
}

/** A note: {text, signatures: [{name, id, value, line}]}, none of them verified; the text ends at the last empty line. */
export function parse(data, where = "note", limit = MAX_NOTE) {
  const all = strictText(data, where, limit);
  const border = all.lastIndexOf("\n\n");
  if (border < 0 || !all.endsWith("\n") || border + 2 >= all.length) {
    refuse(where, "text, an empty line and signature lines, each ending in a newline");
  }
  const lines = all.slice(border + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) refuse(where, `at most ${MAX_SIGNATURES} signatures`, lines.length);
  return { text: all.slice(0, border + 1), signatures: lines.map((line) => parseSignature(line, where)) };
}

/** One signature line, without its LF. */
export function parseSignature(line, where) {
  if (!line.startsWith(DASH)) refuse(where, "a signature line: an em dash, the key name, base64", line);
  const rest = line.slice(DASH.length), space = rest.indexOf(" ");
  const name = space < 0 ? rest : rest.slice(0, space);
  checkName(name, where);
  const bytes = base64Bytes(space < 0 ? "" : rest.slice(space + 1), where);
  if (bytes.length <= 4) refuse(where, "a key id and a signature", line);
  return { name, id: bytes.slice(0, 4), value: bytes.slice(4), line };
}

/** The note's signature lines that claim `key` by name and id, still unverified. */
export function signaturesBy(note, key) {
  return note.signatures.filter((one) => one.name === key.name && same(one.id, key.id));
}

/** Refuse unless every line that claims the Ed25519 `key`, and at least one, holds over the note's text. */
export function verify(note, key, where = "note") {
  if (key.kind !== ED25519) throw new Error("cosignatures are verified in checkpoint.js");
  const claimed = signaturesBy(note, key);
  if (!claimed.length) refuse(where, `a signature by ${key.name} (${hexText(key.id)})`, "none");
  const message = utf8(note.text, where);
  for (const one of claimed) verifyEd25519(key.public, message, one.value, `${where}, signature of ${key.name}`);
}
