// Terms: the strings a record is filed under, each in its one spelling. Twin of vault/evidence/terms.py.

import { byteLength, decimal, refuse } from "./strict.js";

const MAX_TERM = 4096;
const SCHEME = /^[a-z][a-z0-9-]*$/;
const COUNTRY = /^(?:[A-Z]{2}|-)$/;
const UNSTEADY = /(?![\u200c\u200d\p{White_Space}])\p{C}/u; // hidden, private or unassigned
const NONCHARACTER = /\p{Noncharacter_Code_Point}/u;
const NAMED = ["party-name", "subject-name", "matter"];
const SORTS = ["party", "subject", "party-name", "subject-name", "matter", "document", "class", "entry"];
const GROUPS = { "party-name": "party", "subject-name": "subject", class: "category" };

/** `party` for `party-name:CN:…`: terms of one group say who, about whom, in which matter, of which category. */
export function group(term) {
  const sort = term.slice(0, term.indexOf(":"));
  return GROUPS[sort] ?? sort;
}

/** Unicode's full case folding (C and F) of one character; JavaScript has none of its own. */
function foldOne(character) {
  if (character === "ı") return character;
  if (character === "ẞ") return "ss";
  if (/[\u13a0-\u13fd\uab70-\uabbf]/.test(character)) return character.toUpperCase(); // Cherokee folds upwards
  return Array.from(character.toUpperCase(), (one) => one.toLowerCase()).join("");
}

/** Full case folding of a text. */
export function caseFolded(value) {
  return /^[\x00-\x7f]*$/.test(value) ? value.toLowerCase() : Array.from(value, foldOne).join("");
}

/** NFKC(casefold(NFKC(x))), white space to single spaces, trimmed. */
export function fold(value, where) {
  if (UNSTEADY.test(value)) refuse(where, "visible characters, assigned in Unicode");
  const folded = caseFolded(value.normalize("NFKC")).normalize("NFKC");
  const spaced = folded.split(/\p{White_Space}+/u).filter(Boolean).join(" ");
  if (!spaced) refuse(where, "a name that is not empty");
  return spaced;
}

function halves(rest) {
  const colon = rest.indexOf(":");
  return colon < 0 ? [rest, ""] : [rest.slice(0, colon), rest.slice(colon + 1)];
}

function registerId(sort, rest, where) {
  const [given, value] = halves(rest);
  const scheme = /^[\x00-\x7f]*$/.test(given) ? given.toLowerCase() : given;
  if (!SCHEME.test(scheme)) refuse(where, "a scheme of letters, digits and hyphens, like lei or vat");
  if (UNSTEADY.test(value)) refuse(where, "visible characters, assigned in Unicode");
  const kept = value.normalize("NFKC").replace(/[^\p{L}\p{M}\p{N}]/gu, "");
  if (!/^[\x00-\x7f]+$/.test(kept)) refuse(where, "ASCII letters and digits in the number");
  return `${sort}:${scheme}:${kept.toUpperCase()}`;
}

function legalName(sort, rest, where) {
  const [given, name] = halves(rest);
  const country = (/^[\x00-\x7f]*$/.test(given) ? given.toUpperCase() : given) || "-";
  if (!COUNTRY.test(country)) refuse(where, "two letters (ISO 3166), or - for none");
  return `${sort}:${country}:${fold(name, where)}`;
}

function matter(rest, where) {
  const [authority, number] = halves(rest);
  const folded = fold(authority, where);
  if (folded.includes(":")) refuse(where, "an authority without a colon");
  return `matter:${folded}:${fold(number, where)}`;
}

function formed(sort, rest, where) {
  if (sort === "party" || sort === "subject") return registerId(sort, rest, where);
  if (sort === "party-name" || sort === "subject-name") return legalName(sort, rest, where);
  if (sort === "matter") return matter(rest, where);
  if (sort === "document" && /^[0-9a-f]{64}$/.test(rest)) return `document:${rest}`;
  if (sort === "class" && /^[a-z][a-z0-9-]{0,63}$/.test(rest)) return `class:${rest}`;
  if (sort === "entry") return `entry:${decimal(rest, where)}`;
  return refuse(where, `the one spelling of a \`${sort}\` term`);
}

const remembered = new Set();

/** Refuse what is not a term in its one spelling. Terms are secret: none is in the error. */
export function check(term, where) {
  if (typeof term !== "string") refuse(where, `a term: ${SORTS.join(", ")}`);
  if (remembered.has(term)) return;
  checkOnce(term, where);
  if (remembered.size > 5000) remembered.clear();
  remembered.add(term);
}

function checkOnce(term, where) {
  const [sort, rest] = halves(term);
  if (!SORTS.includes(sort) || !term.includes(":")) refuse(where, `a term: ${SORTS.join(", ")}`);
  if (byteLength(term) > MAX_TERM) refuse(where, `a term of at most ${MAX_TERM} bytes`);
  if (NAMED.includes(sort) && /\p{Cn}/u.test(rest)) checkUnknown(sort, rest, where);
  else if (formed(sort, rest, where) !== term) refuse(where, `the one spelling of a \`${sort}\` term`);
}

/** What can be judged of a name that these Unicode tables do not know. */
function checkUnknown(sort, rest, where) {
  const [first, name] = halves(rest);
  const known = !/\p{Cn}/u.test(first);
  const spelled = known && /\P{White_Space}/u.test(first) ? fold(first, where) === first : !known;
  if (!(sort === "matter" ? spelled : COUNTRY.test(first)) || !name) refuse(where, `the one spelling of a \`${sort}\` term`);
  if (/(?![\u200c\u200d\p{Cn}])\p{C}/u.test(rest) || NONCHARACTER.test(rest)) {
    refuse(where, `visible characters in a \`${sort}\` term`);
  }
}
