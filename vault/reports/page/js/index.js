// Index proofs, alone and many in one file. Twin of vault/evidence/index.py, index_proof.py, index_proofs.py.

import { sha256 } from "@noble/hashes/sha2.js";
import * as merkle from "./merkle.js";
import * as terms from "./terms.js";
import { base64Bytes, base64Text, decimal, joined, refuse, same, text as strictText, utf8 } from "./strict.js";
import { PROOF_SIZE } from "./vrf.js";

const FORMAT = "disclosure-vault/index-proof/v1", MANY = "disclosure-vault/index-proofs/v1";
const MAX_SIBLINGS = 255, MAX_PROOF = 1 << 15, MAX_FILE = 1 << 28;
const EMPTY = new Uint8Array(32);
const NODE = new Uint8Array(65);

/** The tag that every entry of this kind has without carrying it. */
export function kindTag(kind) {
  return sha256(utf8(`disclosure-vault/kind/v1\n${kind}`));
}

function nodeHash(left, right) {
  NODE[0] = 3;
  NODE.set(left, 1);
  NODE.set(right, 33);
  return sha256(NODE);
}

function leafHash(leaf) {
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(leaf.count));
  return sha256(joined(new Uint8Array([2]), leaf.tag, count, leaf.root));
}

const bit = (tag, depth) => (tag[depth >> 3] >> (7 - (depth & 7))) & 1;

/** One proof: {tag, end, siblings, shown}; `end` is {tag, count, root} or null, `shown` {term, generation, proof} or null. */
export function parse(data, where = "index proof") {
  const all = strictText(data, where, MAX_PROOF);
  const [name, ...lines] = all.split("\n");
  if (name !== FORMAT) refuse(where, `the first line ${FORMAT}`, name);
  if (lines.pop() !== "") refuse(where, "lines that each end in a newline");
  return read(lines, where);
}

function read(lines, where) {
  let at = 0;
  const taken = (keyword) => {
    if (!lines[at]?.startsWith(keyword)) refuse(where, `a line \`${keyword.trim()}\``, lines[at] ?? "none");
    return lines[at++].slice(keyword.length);
  };
  const tag = base64Bytes(taken("tag "), where, 32);
  const shown = lines[at]?.startsWith("vrf ") ? readShown(taken("vrf "), taken("term "), where) : null;
  let end = null;
  if (lines[at] === "absent") at++;
  else end = readLeaf(taken("leaf "), where);
  if (lines.length - at > MAX_SIBLINGS) refuse(where, `at most ${MAX_SIBLINGS} siblings`, lines.length - at);
  const siblings = lines.slice(at).map((line) => base64Bytes(line, `${where}, sibling`, 32));
  return { tag, end, siblings, shown };
}

function readShown(value, term, where) {
  const space = value.indexOf(" ");
  const generation = decimal(space < 0 ? value : value.slice(0, space), `${where}, generation`);
  if (generation === 0) refuse(where, "a generation from 1", generation);
  const proof = base64Bytes(space < 0 ? "" : value.slice(space + 1), `${where}, vrf`, PROOF_SIZE);
  terms.check(term, `${where}, term`);
  return { term, generation, proof };
}

function readLeaf(value, where) {
  const fields = value.split(" ");
  if (fields.length !== 3) refuse(where, "leaf <tag> <count> <root>", value);
  const count = decimal(fields[1], `${where}, count`);
  if (count === 0) refuse(where, "a count above 0", count);
  return { tag: base64Bytes(fields[0], where, 32), count, root: base64Bytes(fields[2], where, 32) };
}

/** Many proofs in one file, by ascending tag, none verified; what neighbours share stands once. */
export function parseMany(data, where = "index proofs", tagsAlone = false) {
  const lines = linesOfMany(data, where);
  const found = [];
  let start = 0;
  while (start < lines.length) {
    let stop = start + 1;
    while (stop < lines.length && !lines[stop].startsWith("tag ")) stop++;
    const place = `${where}, proof ${found.length + 1}`;
    const own = lines.slice(start, stop), before = found.at(-1);
    const proof = tagsAlone ? readTagAlone(own, place) : readShared(own, before?.siblings ?? [], place);
    if (before && ascends(proof.tag, before.tag)) refuse(place, "proofs by ascending tag"); // twice: listing.js
    found.push(proof);
    start = stop;
  }
  return found;
}

function linesOfMany(data, where) {
  const all = strictText(data, where, MAX_FILE);
  const [name, ...lines] = all.split("\n");
  if (name !== MANY) refuse(where, `the first line ${MANY}`, name);
  if (lines.pop() !== "") refuse(where, "lines that each end in a newline");
  return lines;
}

function ascends(one, other) {
  for (let i = 0; i < 32; i++) if (one[i] !== other[i]) return one[i] < other[i];
  return false;
}

function readShared(lines, above, where) {
  const last = lines.at(-1);
  if (!last.startsWith("shared ")) {
    const proof = read(lines, where);
    if (sharedCount(above, proof.siblings)) refuse(where, "shared siblings left out");
    return proof;
  }
  const proof = read(lines.slice(0, -1), where);
  const shared = decimal(last.slice(7), where, above.length);
  const own = proof.siblings;
  proof.siblings = [...own, ...above.slice(above.length - shared)];
  if (shared === 0 || sharedCount(above, proof.siblings) !== shared) refuse(where, "as many shared siblings as can be", shared);
  if (proof.siblings.length > MAX_SIBLINGS) refuse(where, `at most ${MAX_SIBLINGS} siblings`, proof.siblings.length);
  return proof;
}

function sharedCount(before, siblings) {
  let count = 0;
  const most = Math.min(before.length, siblings.length);
  while (count < most && same(before[before.length - 1 - count], siblings[siblings.length - 1 - count])) count++;
  return count;
}

function readTagAlone(lines, where) {
  if (lines.length !== 3 || !lines[1].startsWith("vrf ") || !lines[2].startsWith("term ")) refuse(where, "lines tag, vrf and term alone");
  const tag = base64Bytes(lines[0].slice(4), where, 32);
  return { tag, end: null, siblings: [], shown: readShown(lines[1].slice(4), lines[2].slice(5), where) };
}

/** The leaf that an index with this root holds for `proof.tag`; null if it holds none. Else `Malformed`. */
export function verify(proof, root, where = "index proof") {
  const { tag, end, siblings } = proof, depth = siblings.length;
  if (depth && same(siblings[0], EMPTY)) refuse(where, "a lowest sibling that is not absent", "32 zero bytes");
  for (let place = 0; end && place < depth; place++) {
    if (bit(end.tag, place) !== bit(tag, place)) refuse(where, `a leaf that shares ${depth} bits with the tag`, base64Text(end.tag));
  }
  let found = end ? leafHash(end) : EMPTY;
  for (let place = depth - 1; place >= 0; place--) {
    const sibling = siblings[depth - 1 - place];
    found = bit(tag, place) ? nodeHash(sibling, found) : nodeHash(found, sibling);
  }
  if (!same(found, root)) refuse(where, `index root ${base64Text(root)}`, base64Text(found));
  return end && same(end.tag, tag) ? end : null;
}

/** Refuse unless `listed` are all the entries that the index, by this verified leaf, holds under its tag. */
export function checkComplete(leaf, listed, where = "list") {
  const tag = base64Text(leaf.tag);
  if (listed.length !== leaf.count) refuse(where, `${leaf.count} entries under tag ${tag}`, listed.length);
  const found = merkle.root(listed.map((entry) => entry.hash));
  if (!same(found, leaf.root)) refuse(where, `entries that hash to ${base64Text(leaf.root)}`, base64Text(found));
  let last = -1;
  for (const entry of listed) {
    const carries = entry.tags.includes(tag) || same(kindTag(entry.kind), leaf.tag);
    if (!(entry.seq > last) || !carries) refuse(where, `entries under tag ${tag} in their order`, `entry ${entry.seq}`);
    last = entry.seq;
  }
}
