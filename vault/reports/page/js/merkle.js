// The one hash tree: RFC 6962 section 2.1 (= RFC 9162). Twin of vault/evidence/merkle.py, the verifying half.

import { sha256 } from "@noble/hashes/sha2.js";
import { hexText, refuse, same } from "./strict.js";

export const EMPTY_ROOT = sha256(new Uint8Array(0));
export const MAX_PROOF = 63;

const PAIR = new Uint8Array(65);

/** SHA-256(0x00 || leaf). */
export function leafHash(leaf) {
  const whole = new Uint8Array(leaf.length + 1);
  whole.set(leaf, 1);
  return sha256(whole);
}

/** SHA-256(0x01 || left || right). */
export function nodeHash(left, right) {
  PAIR[0] = 1;
  PAIR.set(left, 1);
  PAIR.set(right, 33);
  return sha256(PAIR);
}

/** The tree hash over leaf inputs; a node without a sibling rises as it is. */
export function root(leaves) {
  return rootOfHashes(leaves.map(leafHash));
}

/** The tree hash over leaf hashes. */
export function rootOfHashes(hashes) {
  let level = hashes;
  while (level.length > 1) {
    const above = [];
    for (let i = 0; i + 1 < level.length; i += 2) above.push(nodeHash(level[i], level[i + 1]));
    if (level.length & 1) above.push(level[level.length - 1]);
    level = above;
  }
  return level.length ? level[0] : EMPTY_ROOT;
}

/** Each sibling on the way from node `place` to the root: [sibling, whether it stands on the left]. RFC 9162 2.1.3.2. */
function* climb(place, last, siblings, where) {
  let at = BigInt(place), edge = BigInt(last);
  for (const sibling of siblings) {
    if (edge === 0n) refuse(where, "no more hashes than the path is long", `${siblings.length} hashes`);
    const onLeft = (at & 1n) === 1n || at === edge;
    yield [sibling, onLeft];
    while (onLeft && at !== 0n && (at & 1n) === 0n) {
      at >>= 1n;
      edge >>= 1n;
    }
    at >>= 1n;
    edge >>= 1n;
  }
  if (edge !== 0n) refuse(where, "as many hashes as the path is long", `${siblings.length} hashes`);
}

/** Refuse unless the leaf hash is leaf `index` of the tree of `size` with root `expected`. */
export function checkInclusion(leaf, index, size, proof, expected, where = "inclusion proof") {
  if (!(index >= 0 && index < size)) refuse(where, `a leaf number below the size ${size}`, index);
  checkHashes(where, [leaf, expected, ...proof]);
  let found = leaf;
  for (const [sibling, onLeft] of climb(index, BigInt(size) - 1n, proof, where)) {
    found = onLeft ? nodeHash(sibling, found) : nodeHash(found, sibling);
  }
  checkRoot(where, expected, found);
}

/** Refuse unless the tree (old, oldRoot) is a prefix of the tree (new, newRoot). RFC 9162 section 2.1.4.2. */
export function checkConsistency(old, size, proof, oldRoot, newRoot, where = "consistency proof") {
  if (!(old > 0 && old <= size)) refuse(where, `an old size from 1 to ${size}`, old);
  checkHashes(where, [oldRoot, newRoot, ...proof]);
  if (old === size) {
    if (proof.length) refuse(where, "no hashes between equal sizes", `${proof.length} hashes`);
    return checkRoot(where, oldRoot, newRoot);
  }
  if (!proof.length) refuse(where, "at least one hash", "none");
  const before = BigInt(old), after = BigInt(size);
  let level = 0n;
  while (((before >> level) & 1n) === 0n) level++;
  const isWhole = (before & (before - 1n)) === 0n;
  const [start, ...siblings] = isWhole ? [oldRoot, ...proof] : proof;
  let foundOld = start, foundNew = start;
  for (const [sibling, onLeft] of climb((before - 1n) >> level, (after - 1n) >> level, siblings, where)) {
    if (onLeft) foundOld = nodeHash(sibling, foundOld);
    foundNew = onLeft ? nodeHash(sibling, foundNew) : nodeHash(foundNew, sibling);
  }
  checkRoot(where, oldRoot, foundOld);
  checkRoot(where, newRoot, foundNew);
}

function checkHashes(where, hashes) {
  for (const hash of hashes) if (hash.length !== 32) refuse(where, "hashes of 32 bytes", `${hash.length} bytes`);
}

function checkRoot(where, expected, found) {
  if (!same(expected, found)) refuse(where, `root ${hexText(expected)}`, hexText(found));
}
