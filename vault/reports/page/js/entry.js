// Ledger entries: what is public of one act, blinded and signed. Twin of vault/evidence/entry.py; docs/format/entry.md.

import { EMPTY_ROOT, leafHash } from "./merkle.js";
import { MAX_NAME } from "./note.js";
import * as publicLines from "./public.js";
import { base64Bytes, base64Text, bytesOf, compareBytes, decimal, decoded, refuse, same, utcTime } from "./strict.js";

export const FORMAT = "disclosure-vault/entry/v1";
export const MAX_ENTRY = 65535;
const MAX_TAGS = 1200;
const HASH = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=";
const LINE = "(?!(?:record|tag|previous) )(?:[a-z][a-z-]{0,31}(?: [!-~]+)+|cosignature — [!-~]+ [!-~]+)";
const ENTRY = new RegExp(
  `^${FORMAT}\\n([!-*,-~]{1,255})\\n([0-9]{1,19})\\n([a-z][a-z-]{0,31})\\n([0-9T:.-]{26}Z)\\n` +
  `(?:record (${HASH})\\n((?:tag ${HASH}\\n)*)|((?:${LINE}\\n)+))previous (${HASH})\\n` +
  `\\n— (\\1/m[1-9][0-9]{0,5}) ([A-Za-z0-9+/]{90}[AEIMQUYcgkosw048]=)\\n$`,
);

/**
 * An entry, spelled exactly as the format says, nothing of it verified:
 * {origin, seq, kind, time, record, tags, lines, previous, signer, keyId, signature, hash, signed, bytes}.
 * `time` is in microseconds, `record` null where there are public `lines`, `tags` in base64, `signed` what is signed.
 */
export function parse(data, where = "entry") {
  const bytes = bytesOf(data, where), text = decoded(data, where);
  if (bytes.length > MAX_ENTRY) refuse(where, `an entry of at most ${MAX_ENTRY} bytes`, `${bytes.length} bytes`);
  const match = ENTRY.exec(text);
  if (!match) refuse(where, "an entry as docs/format/entry.md says");
  const [, origin, seq, kind, time, record, tags, lines, previous, signer, signature] = match;
  if (signer.length > MAX_NAME) refuse(where, `a key name of at most ${MAX_NAME} bytes`, `${signer.length} bytes`);
  const signed = base64Bytes(signature, where);
  const entry = {
    origin, kind, signer, text, bytes,
    seq: decimal(seq, where),
    time: utcTime(time, where),
    previous: base64Bytes(previous, where),
    record: record ? base64Bytes(record, where) : null,
    tags: tags ? readTags(tags, where) : [],
    lines: lines ? lines.slice(0, -1).split("\n") : [],
    keyId: signed.slice(0, 4),
    signature: signed.slice(4),
    hash: leafHash(bytes),
    signed: bytes.subarray(0, bytes.length - signatureLength(signer)),
  };
  checkKind(entry, where);
  return entry;
}

/** Bytes of LF, em dash (three), space, name, space, 92 of base64, LF. */
function signatureLength(signer) {
  return 1 + 3 + 1 + signer.length + 1 + 92 + 1;
}

function readTags(lines, where) {
  const tags = lines.slice(0, -1).split("\n").map((line) => line.slice(4));
  if (tags.length > MAX_TAGS) refuse(where, `at most ${MAX_TAGS} tags`, tags.length);
  const bytes = tags.map((tag) => base64Bytes(tag, where));
  for (let i = 1; i < bytes.length; i++) {
    if (compareBytes(bytes[i - 1], bytes[i]) >= 0) refuse(where, "tags sorted by their bytes, each once");
  }
  return tags;
}

function checkKind(entry, where) {
  if ((entry.seq === 0) !== (entry.kind === "genesis")) {
    refuse(where, "a genesis as entry 0 and nowhere else", `entry ${entry.seq}, ${entry.kind}`);
  }
  if (entry.seq === 0 && !same(entry.previous, EMPTY_ROOT)) {
    refuse(where, "a genesis after the empty tree", base64Text(entry.previous));
  }
  if (entry.record === null) publicLines.checkLines(entry.kind, entry.seq, entry.lines, where);
  else if (publicLines.KINDS.has(entry.kind)) refuse(where, `public lines in an entry of kind ${entry.kind}`, "a record");
}
