// Checkpoints with both log signatures, and cosignatures. Twin of vault/evidence/checkpoint.py.

import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { verify as verifyEd25519 } from "./ed25519.js";
import { EMPTY_ROOT } from "./merkle.js";
import { ED25519, ED25519_COSIGNATURE, checkName, parse as parseNote, signaturesBy, verify as verifyNote } from "./note.js";
import { base64Bytes, decimal, hexText, joined, refuse, same, utf8, whole } from "./strict.js";

export const MAX_CHECKPOINT = 1 << 18;

/** {origin, size, root, text} of the note text of a checkpoint without extension lines. */
export function parseText(text, where = "checkpoint") {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3]) refuse(where, "three lines: origin, size, root (no extension lines)", `${lines.length - 1} lines`);
  checkName(lines[0], `${where}, origin`);
  const size = decimal(lines[1], `${where}, size`);
  const root = base64Bytes(lines[2], `${where}, root`, 32);
  if (size === 0 && !same(root, EMPTY_ROOT)) refuse(where, "the root of the empty tree at size 0", lines[2]);
  return { origin: lines[0], size, root, text };
}

/** What a checkpoint note says, its signatures not looked at: {note, head}. */
export function unverified(data, where = "checkpoint") {
  const note = parseNote(data, where, MAX_CHECKPOINT);
  return { note, head: parseText(note.text, where) };
}

/** Refuse unless both keys of the log have signed the note. */
export function checkSigned(note, head, keys, where = "checkpoint") {
  if (head.origin !== keys.ed25519.name) refuse(where, `origin ${keys.ed25519.name}`, head.origin);
  verifyNote(note, keys.ed25519, where);
  verifyCosignature(note, keys.mlDsa, where);
}

/** The POSIX time, in seconds, at which `key` cosigned: of several lines all must hold, the oldest time counts. */
export function verifyCosignature(note, key, where = "checkpoint") {
  const claimed = signaturesBy(note, key);
  if (key.kind === ED25519) throw new Error("a log's Ed25519 signature is verified in note.js");
  if (!claimed.length) refuse(where, `a cosignature by ${key.name} (${hexText(key.id)})`, "none");
  return claimed.map((one) => verifyOne(note, key, one, where)).reduce((one, other) => (other < one ? other : one));
}

function verifyOne(note, key, signature, where) {
  const place = `${where}, cosignature of ${key.name}`;
  const size = key.kind === ED25519_COSIGNATURE ? 64 : 2420;
  if (signature.value.length !== 8 + size) refuse(place, `8 + ${size} bytes`, `${signature.value.length} bytes`);
  const time = new DataView(signature.value.buffer, signature.value.byteOffset, 8).getBigUint64(0);
  if (time >> 63n) refuse(place, "a time below 2^63", time);
  const message = cosignedMessage(key, time, note.text, where);
  if (key.kind === ED25519_COSIGNATURE) verifyEd25519(key.public, message, signature.value.subarray(8), place);
  else verifyMlDsa(key.public, message, signature.value.slice(8), place);
  return whole(time);
}

function cosignedMessage(key, time, text, where) {
  const head = parseText(text, where);
  if (key.kind === ED25519_COSIGNATURE) return utf8(`cosignature/v1\ntime ${time}\n${text}`);
  return joined(utf8("subtree/v1\n\0"), short(key.name), big(time), short(head.origin), big(0), big(head.size), head.root);
}

function short(value) {
  const bytes = utf8(value);
  return joined(new Uint8Array([bytes.length]), bytes);
}

function big(value) {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}

function verifyMlDsa(publicKey, message, signature, where) {
  let holds = false;
  try {
    holds = ml_dsa44.verify(signature, message, publicKey);
  } catch {
    holds = false;
  }
  if (!holds) refuse(where, "a valid ML-DSA-44 signature");
}
