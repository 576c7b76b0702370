// Inclusion proofs as files (C2SP tlog-proof), and consistency paths. Twin of vault/evidence/proof.py.

import { MAX_CHECKPOINT, parseText } from "./checkpoint.js";
import { MAX_PROOF } from "./merkle.js";
import { parse as parseNote } from "./note.js";
import { base64Bytes, decimal, refuse, text as strictText } from "./strict.js";

export const FORMAT = "c2sp.org/tlog-proof@v1";
const PATH_FORMAT = "disclosure-vault/consistency-path/v1";
const MAX_FILE = MAX_CHECKPOINT + (1 << 16);

/** {index, hashes, tail, note}: `tail` is the checkpoint note as it stands there; nothing is verified. */
export function parse(data, where = "proof", knownTail = null, isAlone = false) {
  const all = strictText(data, where, MAX_FILE);
  const border = all.indexOf("\n\n");
  const [name, ...lines] = (border < 0 ? all : all.slice(0, border)).split("\n");
  if (name !== FORMAT) refuse(where, `the first line ${FORMAT}`, name);
  if (isAlone && lines[0]?.startsWith("extra ")) refuse(where, "no line `extra`", "one"); // nothing signs it
  if (lines[0]?.startsWith("extra ") && !base64Bytes(lines.shift().slice(6), where).length) refuse(where, "extra data, or no such line");
  if (!lines[0]?.startsWith("index ")) refuse(where, "a line with the index", lines[0] ?? "none");
  if (lines.length - 1 > MAX_PROOF) refuse(where, `at most ${MAX_PROOF} hashes`, lines.length - 1);
  const tail = border < 0 ? "" : all.slice(border + 2);
  const note = tail === knownTail ? null : parseNote(tail, where, MAX_CHECKPOINT); // the same note has been read before
  if (note) parseText(note.text, where);
  const hashes = lines.slice(1).map((line) => base64Bytes(line, where, 32));
  return { index: decimal(lines[0].slice(6), `${where}, index`), hashes, tail, note };
}

/** {old, size, hashes} of a consistency proof of hashes alone. */
export function parsePath(data, where = "consistency proof") {
  const all = strictText(data, where, 1 << 16);
  const lines = all.split("\n");
  if (lines.pop() !== "") refuse(where, "lines that each end in a newline");
  const [name, old = "", size = "", ...hashes] = lines;
  if (name !== PATH_FORMAT) refuse(where, `the first line ${PATH_FORMAT}`, name);
  if (!old.startsWith("old ") || !size.startsWith("new ")) refuse(where, "lines `old` and `new`");
  if (hashes.length > 2 * MAX_PROOF) refuse(where, `at most ${2 * MAX_PROOF} hashes`, hashes.length);
  return {
    old: decimal(old.slice(4), `${where}, old`),
    size: decimal(size.slice(4), `${where}, new`),
    hashes: hashes.map((line) => base64Bytes(line, where, 32)),
  };
}

