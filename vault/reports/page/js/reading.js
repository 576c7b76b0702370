// Step 1: the files of data/evidence, each spelled as docs/format/report.md says, and nothing else among them.

import { unverified } from "./checkpoint.js";
import * as entries from "./entry.js";
import * as index from "./index.js";
import * as proofs from "./proof.js";
import * as record from "./record.js";
import * as statements from "./statement.js";
import { Malformed, refuse } from "./strict.js";

const KINDS = ["disclosure", "genesis", "key", "party"];
const SEQ = "(?:[0-9]{6}|[1-9][0-9]{6,18})", SIZE = "[1-9][0-9]{0,18}";
const ANCHORED = new RegExp(`^anchors/(${SIZE})/(?:checkpoint|[0-9a-f]{64}\\.(?:tsr|pem))$`);
const NAMES = [
  /^(?:statement|checkpoint)$/, /^genesis\.(?:entry|tlog-proof)$/,
  new RegExp(`^keys/${SEQ}\\.(?:entry|tlog-proof)$`),
  new RegExp(`^entries/${SEQ}\\.(?:entry|tlog-proof|record)$`),
  new RegExp(`^index/(?:kind-(?:${KINDS.join("|")})\\.proof|(?:terms|within|follow-ups)\\.proofs)$`),
  ANCHORED,
  new RegExp(`^consistency/${SIZE}\\.proof$`),
  /^ledger\/.+$/,
];
const MOST_KEYS = 10000;

/**
 * What was read: {statement, checkpoint: {note, head}, keys, entries, kinds, terms, within, followUps, stamped, anchors, paths}.
 * `keys` and `entries` are lists, ascending by number, of {seq, name, entry, proof, record}; null stands for what could
 * not be read, its fault being in the report. null as a whole where there is nothing to judge by.
 */
export function readAll(files, others, report) {
  const reading = new Reading(files, others, report);
  const statement = reading.one("statement", (data) => statements.parse(data));
  const checkpoint = reading.one("checkpoint", (data) => unverified(data));
  const names = reading.names(statement);
  const keys = [reading.placed("genesis", 0), ...reading.folder("keys")].filter(Boolean);
  if (checkpoint?.head.size === 0) report.broken(["integrity"], { where: "checkpoint", expected: "one over at least the genesis", found: "0" });
  if (!checkpoint || !checkpoint.head.size || !keys.length) return null;
  return {
    statement, checkpoint, keys,
    isWhole: keys.length === names.keys,
    entries: reading.folder("entries"),
    kinds: new Map(KINDS.map((kind) => [kind, reading.one(`index/kind-${kind}.proof`, index.parse)])),
    terms: reading.one("index/terms.proofs", index.parseMany),
    within: statement?.within.length ? reading.one("index/within.proofs", (data, where) => index.parseMany(data, where, true)) : [],
    followUps: reading.one("index/follow-ups.proofs", index.parseMany),
    stamped: reading.stamped(),
    anchors: reading.sized(/^anchors\/([0-9]+)\/checkpoint$/, unverified),
    paths: reading.sized(/^consistency\/([0-9]+)\.proof$/, proofs.parsePath),
  };
}

class Reading {
  constructor(files, others, report) {
    Object.assign(this, { files, others, report, tail: null });
  }

  /** Every name is one of those that the format has. */
  names(statement) {
    for (const name of [...this.files.keys(), ...this.others.keys()]) {
      const isKnown = NAMES.some((pattern) => pattern.test(name)) && name !== "keys/000000.entry";
      const isWanted = !(name.startsWith("ledger/") && statement && !statement.counts.ledger)
        && !(name === "index/within.proofs" && statement && !statement.within.length);
      if (!isKnown || !isWanted) this.report.broken(["integrity"], { where: "data/evidence", expected: "the files of the format and no other", found: shown(name) });
    }
    for (const name of [...this.files.keys(), ...this.others.keys()]) {
      const size = /^anchors\/([0-9]+)\//.exec(name)?.[1];
      if (size && !this.files.has(`anchors/${size}/checkpoint`)) this.report.broken(["integrity"], { where: `anchors/${size}/checkpoint`, expected: "this file", found: "none" });
    }
    const keys = [...this.files.keys()].filter((name) => name.startsWith("keys/") && name.endsWith(".entry"));
    if (keys.length > MOST_KEYS) this.report.broken(["integrity"], { where: "keys", expected: `at most ${MOST_KEYS} entries`, found: String(keys.length) });
    return { keys: 1 + keys.length };
  }

  /** A file read by `parse`; null, and integrity BROKEN, where it is missing or refused. */
  one(name, parse) {
    return this.report.judging(["integrity"], () => {
      if (!this.files.has(name)) refuse(name, "this file", "none");
      return parse(this.files.get(name), name);
    });
  }

  /** The entries of a folder, ascending by number. */
  folder(folder) {
    const names = new Set();
    for (const name of this.files.keys()) {
      const match = new RegExp(`^${folder}/(${SEQ})\\.(?:entry|tlog-proof|record)$`).exec(name);
      if (match) names.add(match[1]);
    }
    const numbered = [...names].map((name) => [BigInt(name), name]).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
    return numbered.map(([seq, name]) => this.placed(`${folder}/${name}`, Number(seq))).filter(Boolean);
  }

  /** One entry with its proof and, where it commits to one, its record. */
  placed(name, seq) {
    const entry = this.one(`${name}.entry`, (data) => entries.parse(data, `entry ${seq}`));
    const proof = this.one(`${name}.tlog-proof`, (data) => this.proof(data, `proof of entry ${seq}`));
    const recordName = `${name}.record`;
    let lines = null;
    if (entry && entry.record !== null) lines = this.one(recordName, (data) => record.parseShown(data, `record of entry ${seq}`));
    else if (entry && this.files.has(recordName)) {
      this.report.broken(["integrity"], new Malformed(`entry ${seq}`, "no record, as the entry commits to none", "one"));
    }
    return entry ? { seq, name, entry, proof, record: lines } : null;
  }

  /** All proofs carry one checkpoint note, which is read once. */
  proof(data, where) {
    const read = proofs.parse(data, where, this.tail, true);
    this.tail = read.tail;
    return read;
  }

  /** The sizes that anchors/ has a folder of. */
  stamped() {
    const names = [...this.files.keys(), ...this.others.keys()];
    return new Set(names.map((name) => ANCHORED.exec(name)?.[1]).filter(Boolean));
  }

  /** By size, what the files of these names hold. */
  sized(pattern, parse) {
    const found = new Map();
    for (const name of this.files.keys()) {
      const match = pattern.exec(name);
      if (!match) continue;
      const read = this.one(name, parse);
      if (read) found.set(match[1], read);
    }
    return found;
  }
}

function shown(name) {
  return name.slice(0, 80).replace(/[^ -~]/g, "?");
}
