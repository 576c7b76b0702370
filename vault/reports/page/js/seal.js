// Steps 17 and 18, as far as files that are dropped on the page show them: report.note, tagmanifest-sha256.txt and
// manifest-sha256.txt. With all three, the evidence embedded in this page is the evidence that the member sealed.

import { sha256 } from "@noble/hashes/sha2.js";
import { verify as verifyNote, parse as parseNote } from "./note.js";
import { splitSealed } from "./statement.js";
import { bytesOf, hexText, refuse, same, text as strictText } from "./strict.js";

const MAX_MANIFEST = 64 << 20;
const NAMED = /^(?:bagit\.txt|bag-info\.txt|manifest-sha256\.txt|data\/(?:report\.(?:html|pdf)|disclosures\.(?:csv|xlsx|json)|verify\.py|HOW-TO-VERIFY\.md|documents\/[^/]+))$/;
const SEALERS = ["recorder", "reader", "custodian"];

/** The files that were dropped so far, and what they show. */
export class Seal {
  constructor(files) {
    Object.assign(this, { files, note: null, tags: null, manifest: null });
  }

  /** Take in a file if it is one of the three; whether it was. */
  take(name, bytes) {
    if (name === "report.note") this.note = bytes;
    else if (name === "tagmanifest-sha256.txt") this.tags = bytes;
    else if (name === "manifest-sha256.txt") this.manifest = bytes;
    else return false;
    return true;
  }

  apply(state, report) {
    if (this.note && this.tags) {
      const held = report.judging(["origin"], () => this.checkSeal(state, report));
      report.step(18, "seal", held ? `sealed by ${held}, tag manifest as it was dropped here` : "does not hold");
    }
    if (this.note && this.tags && this.manifest) {
      const count = report.judging(["integrity"], () => this.checkFiles());
      report.step(17, "bag", count === null ? "does not hold" : `${count} embedded files are those of the sealed bundle; the other files: NOT CHECKED HERE`, count !== null);
    }
  }

  /** The member who sealed; null where there is nothing to compare the seal with, which is said. */
  checkSeal({ last, read }, report) {
    if (!last) return null; // no keys hold: origin says so
    const note = parseNote(this.note, "report.note", 9 << 20), stated = this.files.get("statement");
    if (stated === undefined) return missing(report);
    const sealed = splitSealed(note.text);
    if (!same(bytesOf(sealed.text), bytesOf(stated))) refuse("report.note", "what data/evidence/statement says", "another statement");
    if (hexText(sha256(this.tags)) !== hexText(sealed.digest)) refuse("tagmanifest-sha256.txt", `SHA-256 ${hexText(sealed.digest)}`, hexText(sha256(this.tags)));
    if (!read.statement) return missing(report);
    const member = last.members.get(read.statement.by);
    if (!member || !member.roles.some((role) => SEALERS.includes(role))) refuse("report.note", `a member in force who is ${SEALERS.join(", ")}`, read.statement.by);
    if (note.signatures.length !== 1) refuse("report.note", "one signature", note.signatures.length);
    verifyNote(note, member.key, "report.note");
    return member.name;
  }

  checkFiles() {
    const tags = manifestOf(this.tags, "tagmanifest-sha256.txt"), listed = manifestOf(this.manifest, "manifest-sha256.txt");
    const digest = hexText(sha256(this.manifest));
    if (tags.get("manifest-sha256.txt") !== digest) refuse("manifest-sha256.txt", "its hash in tagmanifest-sha256.txt", digest);
    let count = 0;
    for (const [name, data] of this.files) {
      const found = hexText(sha256(bytesOf(data, name)));
      if (listed.get(`data/evidence/${name}`) !== found) refuse(name, "its hash in manifest-sha256.txt", found);
      count++;
    }
    for (const name of [...tags.keys(), ...listed.keys()]) {
      if (!name.startsWith("data/evidence/") && !NAMED.test(name)) refuse("bag", "only the files that the format names", name);
    }
    for (const name of listed.keys()) {
      const own = name.startsWith("data/evidence/") ? name.slice(14) : "";
      const isEmbedded = own && !own.startsWith("ledger/") && !/\.(?:tsr|pem)$/.test(own);
      if (isEmbedded && !this.files.has(own)) refuse("data/evidence", `the file ${own}`, "none in this page");
    }
    return count;
  }

  /** The name under which the sealed bundle lists a file of this hash; empty where it does not, or nothing is sealed. */
  nameOf(digest) {
    if (!this.manifest) return "";
    for (const [name, listed] of manifestOf(this.manifest, "manifest-sha256.txt")) if (listed === digest) return name;
    return "";
  }
}

function missing(report) {
  report.missing(["origin"], "report.note", "a statement that can be read to compare it with", "none");
  return null;
}

function manifestOf(data, where) {
  const found = new Map();
  const lines = strictText(data, where, MAX_MANIFEST).split("\n");
  if (lines.pop() !== "") refuse(where, "lines that each end in a newline");
  for (const line of lines) {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (!match || found.has(match[2])) refuse(where, "<64 hex digits>  <name>, each name once", line);
    found.set(match[2], match[1]);
  }
  return found;
}
