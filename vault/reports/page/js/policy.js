// The verifier's policy and what it says of a checkpoint. Twin of vault/evidence/policy.py and quorum.py.

import { parseText, verifyCosignature } from "./checkpoint.js";
import { ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, parseKey, signaturesBy, verify as verifyNote } from "./note.js";
import { base64Bytes, byteLength, bytesOf, decimal, decoded, hexBytes, hexText, refuse, text as strictText } from "./strict.js";

const FORMAT = "disclosure-vault/policy/v1";
const MAX_POLICY = 2 << 20, MAX_QUORUM = 1 << 20, MAX_BELIEVED = 32, MAX_OF_EACH = 256, MAX_ROOT = 1 << 14;
const YEAR_9999 = 253370764800;
const COSIGNERS = [ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE], LOGS = [ED25519, ML_DSA_44_COSIGNATURE];
export const SECOND_HISTORY = "a second history was not ruled out";

/** {fingerprint (hex), auditors, roots, quorum} of a policy; errors name the line. */
export function parse(data, where = "policy") {
  const all = decoded(data, where);
  if (byteLength(all) > MAX_POLICY) refuse(where, `at most ${MAX_POLICY} bytes`);
  const border = all.indexOf("\n\n");
  const head = strictText(border < 0 ? all : all.slice(0, border), where, MAX_POLICY).split("\n");
  if (head[0] !== FORMAT) refuse(`${where}, line 1`, FORMAT, head[0].slice(0, 80));
  if (border < 0 || head.length < 2) refuse(where, "a fingerprint line, auditors, TSA roots, an empty line and a C2SP tlog-policy");
  const fingerprint = hexBytes(valueOf("fingerprint", head[1], `${where}, line 2`), `${where}, line 2`, 32);
  const believed = readBelieved(head.slice(2), where);
  const quorum = parseQuorum(all.slice(border + 2), where, head.length + 2);
  believed.auditors.forEach((key, at) => {
    if (quorum.logs.some((log) => hexText(log.public) === hexText(key.public))) {
      refuse(`${where}, line ${at + 3}`, "an auditor that is not the log", key.name);
    }
  });
  return { fingerprint: hexText(fingerprint), ...believed, quorum };
}

function readBelieved(lines, where) {
  const auditors = [], publics = new Set(), roots = new Set();
  lines.forEach((line, at) => {
    const place = `${where}, line ${at + 3}`;
    if (line.startsWith("auditor ") && !roots.size) {
      const key = parseKey(valueOf("auditor", line, place), place), name = hexText(key.public);
      if (!COSIGNERS.includes(key.kind) || publics.has(name)) refuse(place, "the key of a cosigner, each once", line.slice(0, 80));
      publics.add(name);
      auditors.push(key);
    } else {
      const root = rootOf(valueOf("tsa", line, place), place);
      if (roots.has(root)) refuse(place, "each root certificate once");
      roots.add(root);
    }
    if (auditors.length > MAX_BELIEVED || roots.size > MAX_BELIEVED) refuse(place, `at most ${MAX_BELIEVED} auditors and ${MAX_BELIEVED} TSA roots`);
  });
  return { auditors, roots: [...roots] };
}

function rootOf(value, where) {
  const root = base64Bytes(value, where);
  const framed = root.length > 4 && root[0] === 0x30 && root[1] === 0x82 && root[2] * 256 + root[3] === root.length - 4;
  if (!framed || root[2] === 0 || root.length > MAX_ROOT) refuse(where, `a certificate in DER of 260 to ${MAX_ROOT} bytes`, `${root.length} bytes`);
  return value;
}

function valueOf(word, line, where) {
  if (!line.startsWith(`${word} `)) refuse(where, `a line ${word}`, line.slice(0, 80));
  return line.slice(word.length + 1);
}

/** {logs, witnesses: [{name, key}], groups: Map, rule} of a C2SP tlog-policy, stricter where it leaves something open. */
export function parseQuorum(text, where = "policy", first = 1) {
  if (!text.endsWith("\n") || bytesOf(text).length > MAX_QUORUM) refuse(where, `lines ending in a newline, at most ${MAX_QUORUM} bytes`);
  const reading = new Reading();
  text.slice(0, -1).split("\n").forEach((line, at) => reading.take(line, `${where}, line ${first + at}`));
  if (!reading.rule) refuse(where, "a quorum line", "none");
  return reading;
}

class Reading {
  constructor() {
    Object.assign(this, { logs: [], witnesses: [], groups: new Map(), rule: "", members: new Set(), publics: new Set() });
  }

  take(line, where) {
    if (/[\x00-\x08\x0b-\x1f\x7f]/.test(line)) refuse(where, "no control characters but tab", line);
    const [word, ...rest] = line.replace(/^[ \t]+|[ \t]+$/g, "").split(/[ \t]+/);
    if (word === "" || word.startsWith("#")) return;
    if (!["log", "witness", "group", "quorum"].includes(word)) refuse(where, "log, witness, group, quorum or a comment", word);
    this[word](rest, where);
  }

  log(fields, where) {
    if (fields.length < 1 || fields.length > 2) refuse(where, "log <vkey> [<url>]", `${fields.length} fields`);
    this.limit(this.logs.length, where);
    this.logs.push(this.key(fields[0], LOGS, where));
  }

  witness(fields, where) {
    if (fields.length < 2 || fields.length > 3) refuse(where, "witness <name> <vkey> [<url>]", `${fields.length} fields`);
    this.limit(this.witnesses.length, where);
    this.define(fields[0], where);
    this.witnesses.push({ name: fields[0], key: this.key(fields[1], COSIGNERS, where) });
  }

  group(fields, where) {
    if (fields.length < 3) refuse(where, "group <name> all|any|<k> <member>...", `${fields.length} fields`);
    const [name, threshold, ...members] = fields;
    this.limit(this.groups.size, where);
    this.define(name, where);
    for (const member of members) {
      this.known(member, where);
      if (this.members.has(member)) refuse(where, "each name in one group at most, and once", member);
      this.members.add(member);
    }
    this.groups.set(name, { threshold: thresholdOf(threshold, members.length, where), members });
  }

  quorum(fields, where) {
    if (fields.length !== 1 || this.rule) refuse(where, "one line quorum <name>, or none");
    if (fields[0] !== "none") this.known(fields[0], where);
    this.rule = fields[0];
  }

  key(vkey, kinds, where) {
    const key = parseKey(vkey, where), name = hexText(key.public);
    if (!kinds.includes(key.kind)) refuse(where, `a key of type ${kinds.join(" or ")}`, key.kind);
    if (this.publics.has(name)) refuse(where, "a key that no line before has", vkey.slice(0, 80));
    this.publics.add(name);
    return key;
  }

  isTaken(name) {
    return this.groups.has(name) || this.witnesses.some((one) => one.name === name);
  }

  define(name, where) {
    if (name === "none" || this.isTaken(name)) refuse(where, "a name that is not taken", name);
  }

  known(name, where) {
    if (!this.isTaken(name)) refuse(where, "a witness or group of a line before", name);
  }

  limit(held, where) {
    if (held >= MAX_OF_EACH) refuse(where, `at most ${MAX_OF_EACH} lines of a kind`);
  }

  /** Whether the witnesses of these names are enough. */
  isMetBy(names) {
    if (this.rule === "none") return true;
    const counted = new Set(names.filter((name) => !this.groups.has(name)));
    for (const [name, { threshold, members }] of this.groups) {
      if (members.filter((member) => counted.has(member)).length >= threshold) counted.add(name);
    }
    return counted.has(this.rule);
  }
}

function thresholdOf(said, members, where) {
  if (said === "all" || said === "any") return said === "all" ? members : 1;
  const found = decimal(said, where, members);
  if (found === 0) refuse(where, `all, any, or a number from 1 to ${members}`, said);
  return found;
}

/**
 * Which of the policy's logs, witnesses and auditors signed the checkpoint in `note`, and whether it is enough:
 * {witnesses, auditors, aside, quorumTime, missing, caution}. `own` are all keys that the ledger ever declared for its
 * log: neither they nor a key named after the origin count. A line of a known key that does not hold refuses the note.
 */
export function judge(policy, note, own = [], where = "checkpoint") {
  const head = parseText(note.text, where);
  const signedLogs = policy.quorum.logs.filter((key) => logSigned(note, key, head, where));
  const witnesses = sortedOut(policy.quorum.witnesses, note, own, where);
  const auditors = sortedOut(policy.auditors.map((key) => ({ name: key.name, key })), note, own, where);
  const names = witnesses.counted.map((one) => one.name);
  const missing = signedLogs.length || !policy.quorum.logs.length ? [] : ["no log of the policy signed it"];
  if (!policy.quorum.isMetBy(names)) missing.push(`the quorum ${policy.quorum.rule} is not met by ${names.join(", ") || "any cosignature"}`);
  return {
    head, missing,
    witnesses: witnesses.counted,
    auditors: auditors.counted,
    aside: [...new Map([...witnesses.aside, ...auditors.aside].map((one) => [one.join(), one])).values()],
    quorumTime: completeAt(policy.quorum, witnesses.counted),
    caution: policy.quorum.rule === "none" ? SECOND_HISTORY : "",
  };
}

function logSigned(note, key, head, where) {
  if (key.name !== head.origin || !signaturesBy(note, key).length) return false;
  if (key.kind === ED25519) verifyNote(note, key, where);
  else verifyCosignature(note, key, where);
  return true;
}

function sortedOut(known, note, own, where) {
  const counted = [], aside = [], [origin] = note.text.split("\n");
  const publics = new Set(own.map((key) => hexText(key.public)));
  for (const { name, key } of known) {
    if (!signaturesBy(note, key).length) continue;
    const time = verifyCosignature(note, key, where);
    if (publics.has(hexText(key.public)) || key.name === origin) aside.push([name, "it is the log's own key"]);
    else if (time === 0) aside.push([name, "its time is 0: it says nothing of having seen no larger tree"]);
    else if (time >= YEAR_9999) aside.push([name, `its time, ${time}, is not before the year 9999`]);
    else counted.push({ name, key, time });
  }
  return { counted, aside };
}

/** The POSIX time at which the quorum was complete; null if it is not, or is none. */
function completeAt(quorum, witnesses) {
  if (quorum.rule === "none") return null;
  const ordered = [...witnesses].sort((one, other) => one.time - other.time);
  for (let n = 1; n <= ordered.length; n++) {
    if (quorum.isMetBy(ordered.slice(0, n).map((one) => one.name))) return ordered[n - 1].time;
  }
  return null;
}
