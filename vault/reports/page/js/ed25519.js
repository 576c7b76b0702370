// Ed25519 by the strictest reading, over the points of @noble/curves: A and R decode canonically, are not the identity
// and of prime order, S < L, and the equation holds without the cofactor. Twin of vault/evidence/ed25519.py.
//
// noble's own `verify` multiplies by the cofactor and would take an R of mixed order. Here R is compared with the one
// spelling of S B - k A: that is of prime order as A and B are, so no other R has it.

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { hexText, joined, refuse, same } from "./strict.js";

export const Point = ed25519.Point;
export const ORDER = Point.Fn.ORDER;

const known = new Map(); // hex of a checked key: its point with a table of multiples
const MAX_KNOWN = 64;
const BASE = Point.BASE.precompute(8, false);

/** The point of a canonical encoding, not the identity and of prime order; else `Malformed`. */
export function primePoint(bytes, where, what) {
  let point = null;
  try {
    point = bytes.length === 32 ? Point.fromBytes(bytes, false) : null;
  } catch {
    point = null;
  }
  if (!point || point.isSmallOrder() || !point.isTorsionFree()) refuse(where, what, hexText(bytes));
  return point;
}

/** Refuse a public key that is not a canonical point of prime order. */
export function checkPublic(bytes, where) {
  keyPoint(bytes, where);
}

/** The point of a public key, checked, with its table where it is asked for again. */
export function keyPoint(bytes, where, what = "an Ed25519 public key: a canonical point of prime order") {
  const name = hexText(bytes);
  let held = known.get(name);
  if (!held) {
    held = { point: primePoint(bytes, where, what), uses: 0 };
    if (known.size >= MAX_KNOWN) known.delete(known.keys().next().value);
    known.set(name, held);
  }
  if (++held.uses === 12) held.point.precompute(8, false); // a table pays from some dozen uses on
  return held.point;
}

/** An integer from little-endian bytes. */
export function scalar(bytes) {
  let hex = "";
  for (let i = bytes.length - 1; i >= 0; i--) hex += bytes[i].toString(16).padStart(2, "0");
  return BigInt(`0x${hex || "0"}`);
}

/** s B - c A, A being a key that comes back often. */
export function baseMinus(s, c, point) {
  return BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(c));
}

/** Refuse unless `signature` over `message` is by `publicKey`. */
export function verify(publicKey, message, signature, where) {
  if (signature.length !== 64) refuse(where, "a signature of 64 bytes", `${signature.length} bytes`);
  const point = keyPoint(publicKey, where);
  const r = signature.subarray(0, 32), s = scalar(signature.subarray(32));
  if (s >= ORDER) refuse(where, "a valid Ed25519 signature", "S not below the group's order");
  const k = scalar(sha512(joined(r, publicKey, message))) % ORDER;
  const expected = baseMinus(s, k, point);
  if (expected.is0() || !same(expected.toBytes(), r)) refuse(where, "a valid Ed25519 signature", hexText(signature));
}
