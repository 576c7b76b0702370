// Strict readers for foreign bytes: one accepted spelling for each value, everything else is `Malformed`.
//
// The JavaScript twin of vault/evidence/strict.py; both are held to the same vectors. Numbers up to 2^53 - 1 come out
// as Number, larger ones (sizes may have 63 bits) as BigInt, so that one value has one representation.

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether a string holds no lone surrogate. */
export const isWellFormed = (value) => !/[\ud800-\udfff]/u.test(value);

export const MAX_63 = 2n ** 63n - 1n;

/** Bytes that break a format: `where` they are, what was `expected`, what was `found` (short, printable ASCII). */
export class Malformed extends Error {
  constructor(where, expected, found = null) {
    const shown = found === null ? "" : quoted(found);
    super(`${where}: expected ${expected}${shown ? `, found ${shown}` : ""}`);
    this.name = "Malformed";
    Object.assign(this, { where, expected, found: shown });
  }
}

/** Throw `Malformed`. */
export function refuse(where, expected, found = null) {
  throw new Malformed(where, expected, found);
}

/** ASCII of at most 80 characters, so that hostile text reaches no screen. */
function quoted(value) {
  if (typeof value !== "string") return String(value).slice(0, 80);
  const head = value.slice(0, 100).replace(/[^ -~]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
  return head.length <= 78 && value.length <= 100 ? `'${head}'` : `'${head.slice(0, 75)}...`;
}

/** UTF-8 of a string, which must hold no lone surrogate. [The encoder would silently write another character.] */
export function utf8(value, where = "text") {
  if (!isWellFormed(value)) refuse(where, "text without lone surrogates");
  return ENCODER.encode(value);
}

/** The text of UTF-8 bytes, nothing replaced, a byte order mark kept. */
export function decoded(data, where = "text") {
  if (typeof data === "string") {
    if (!isWellFormed(data)) refuse(where, "text without lone surrogates");
    return data;
  }
  try {
    return DECODER.decode(data);
  } catch {
    return refuse(where, "UTF-8 text");
  }
}

/** Bytes of what a file holds: given as bytes, or as the text that they are. */
export function bytesOf(data, where = "file") {
  return typeof data === "string" ? utf8(data, where) : data;
}

/** UTF-8 text of at most `limit` bytes, without ASCII control characters but LF. */
export function text(data, where, limit) {
  const value = decoded(data, where);
  if (value.length > limit || (value.length * 3 > limit && byteLength(value) > limit)) refuse(where, `at most ${limit} bytes`);
  if (/[\x00-\x09\x0b-\x1f]/.test(value)) refuse(where, "no control characters but newline");
  return value;
}

/** Bytes of UTF-8 that a well-formed string takes. */
export function byteLength(value) {
  return /^[\x00-\x7f]*$/.test(value) ? value.length : ENCODER.encode(value).length;
}

/** A non-negative decimal integer up to `limit`: ASCII digits, no sign, no leading zero. */
export function decimal(value, where, limit = MAX_63) {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(value)) refuse(where, `a decimal number of at most ${limit}`, value);
  const number = value.length < 16 ? Number(value) : whole(BigInt(value));
  if (number > limit) refuse(where, `a decimal number of at most ${limit}`, value);
  return number;
}

/** The one representation of a number here. */
export function whole(number) {
  return number <= Number.MAX_SAFE_INTEGER ? Number(number) : BigInt(number);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** Bytes from padded standard base64 (RFC 4648 section 4), canonical; exactly `size` bytes where given. */
export function base64Bytes(value, where, size = null) {
  const length = value.length;
  if (length % 4) refuse(where, "base64", value);
  const padding = value.endsWith("==") ? 2 : value.endsWith("=") ? 1 : 0;
  const out = new Uint8Array((length / 4) * 3 - padding);
  let held = 0, bits = 0, at = 0;
  for (let i = 0; i < length - padding; i++) {
    const code = value.charCodeAt(i);
    const digit = code < 128 ? VALUES[code] : -1;
    if (digit < 0) refuse(where, "base64", value);
    held = ((held << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 0xff;
    }
  }
  if (held & ((1 << bits) - 1)) refuse(where, "canonical base64", value);
  if (size !== null && out.length !== size) refuse(where, `${size} bytes in base64`, `${out.length} bytes`);
  return out;
}

/** The one base64 spelling that `base64Bytes` accepts. */
export function base64Text(bytes) {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const held = (bytes[i] << 16) | ((left > 1 ? bytes[i + 1] : 0) << 8) | (left > 2 ? bytes[i + 2] : 0);
    out += ALPHABET[held >> 18] + ALPHABET[(held >> 12) & 63];
    out += (left > 1 ? ALPHABET[(held >> 6) & 63] : "=") + (left > 2 ? ALPHABET[held & 63] : "=");
  }
  return out;
}

/** Exactly `size` bytes from lower-case hex. */
export function hexBytes(value, where, size) {
  if (value.length !== 2 * size || !/^[0-9a-f]*$/.test(value)) refuse(where, `${2 * size} lower-case hex digits`, value);
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i++) out[i] = parseInt(value.slice(2 * i, 2 * i + 2), 16);
  return out;
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** Lower-case hex. */
export function hexText(bytes) {
  let out = "";
  for (const byte of bytes) out += HEX[byte];
  return out;
}

/** Whether two byte strings are the same; of public values, so not in constant time. */
export function same(one, other) {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** -1, 0 or 1, by bytes. */
export function compareBytes(one, other) {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) if (one[i] !== other[i]) return one[i] < other[i] ? -1 : 1;
  return Math.sign(one.length - other.length);
}

/** One byte string out of several. */
export function joined(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Microseconds since 1970, as BigInt, of an instant spelled `2026-11-22T17:39:28.123456Z`. */
export function utcTime(value, where) {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])\.([0-9]{6})Z$/.exec(value);
  if (!match) refuse(where, "a time like 2026-11-22T17:39:28.123456Z", value);
  const [year, month, day, hour, minute, second, micro] = match.slice(1).map(Number);
  const days = existingDay(year, month, day);
  if (days === null) refuse(where, "an existing date and time", value);
  return BigInt(days * 86400 + hour * 3600 + minute * 60 + second) * 1000000n + BigInt(micro);
}

/** Days since 1970 of a day of the Gregorian calendar in the years 1 to 9999; null if there is no such day. */
export function existingDay(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return year >= 1 && real ? date.getTime() / 86400000 : null;
}
