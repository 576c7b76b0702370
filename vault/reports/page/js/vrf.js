// ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381 section 5.5, suite 0x03), the verifying half. Twin of vault/evidence/vrf.py.

import { sha512 } from "@noble/hashes/sha2.js";
import { ORDER, Point, baseMinus, keyPoint, scalar } from "./ed25519.js";
import { digits, isPrimeOrder, oddMultiples, sum } from "./multiples.js";
import { hexText, joined, refuse, same, utf8 } from "./strict.js";

export const PROOF_SIZE = 80;
const SUITE = 3, ENCODE = 1, CHALLENGE = 2, OUTPUT = 3;
const one = (...values) => new Uint8Array(values);

/** The VRF input for a term. */
export function termInput(term) {
  return joined(utf8("disclosure-vault/term/v1\n"), utf8(term, "term"));
}

/** Refuse a key that is not a canonical point of prime order. */
export function checkPublic(bytes, where) {
  keyPoint(bytes, where, "a VRF public key: a canonical point of prime order");
}

/** H, the point of prime order that the key has for `alpha` (section 5.4.1.1, try and increment). */
function encodeToCurve(publicKey, alpha) {
  for (let counter = 0; counter < 256; counter++) {
    const digest = sha512(joined(one(SUITE, ENCODE), publicKey, alpha, one(counter, 0)));
    try {
      const point = Point.fromBytes(digest.slice(0, 32), false).clearCofactor();
      if (!point.is0()) return point;
    } catch {
      continue; // no such point: the next attempt
    }
  }
  return refuse("VRF input", "a point within 256 attempts");
}

/** The output (64 bytes) of the key for `alpha`; else `Malformed`. Its first 32 bytes are the tag. */
export function verify(publicKey, alpha, proof, where = "VRF proof") {
  if (proof.length !== PROOF_SIZE) refuse(where, `${PROOF_SIZE} bytes`, `${proof.length} bytes`);
  const key = keyPoint(publicKey, where, "a VRF public key: a canonical point of prime order");
  const gammaBytes = proof.slice(0, 32), c = scalar(proof.subarray(32, 48)), s = scalar(proof.subarray(48));
  if (s >= ORDER) refuse(where, "s below the group's order", hexText(proof.subarray(48)));
  if (c === 0n || s === 0n) refuse(where, "a key of prime order, c and s not zero", hexText(proof));
  const gamma = decodedGamma(gammaBytes, where), gammas = oddMultiples(gamma);
  if (!isPrimeOrder(gammas)) refuse(where, "Gamma, a canonical point of prime order", hexText(gammaBytes));
  const h = encodeToCurve(publicKey, alpha);
  const u = baseMinus(s, c, key);
  const v = sum([[oddMultiples(h), digits(s)], [gammas.map((point) => point.negate()), digits(c)]]);
  const [hBytes, uBytes, vBytes, eight] = spelled([h, u, v, gamma.clearCofactor()]);
  const found = sha512(joined(one(SUITE, CHALLENGE), publicKey, hBytes, gammaBytes, uBytes, vBytes, one(0)));
  if (!same(found.subarray(0, 16), proof.subarray(32, 48))) refuse(where, "a proof by this key for this input", hexText(proof));
  return sha512(joined(one(SUITE, OUTPUT), eight, one(0)));
}

function decodedGamma(bytes, where) {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return refuse(where, "Gamma, a canonical point of prime order", hexText(bytes));
  }
}

/** The encodings of several points, with one inversion for all of them. */
function spelled(points) {
  if (points.some((point) => point.is0())) return points.map((point) => point.toBytes());
  const { Fp } = Point;
  let product = Fp.ONE;
  const before = points.map((point) => {
    const held = product;
    product = Fp.mul(product, point.Z);
    return held;
  });
  let inverse = Fp.inv(product);
  const out = [];
  for (let i = points.length - 1; i >= 0; i--) {
    const z = Fp.mul(inverse, before[i]);
    inverse = Fp.mul(inverse, points[i].Z);
    const bytes = Fp.toBytes(Fp.mul(points[i].Y, z));
    if (Fp.mul(points[i].X, z) & 1n) bytes[31] |= 0x80;
    out[i] = bytes;
  }
  return out;
}
