// The steps over what was read that need no word from outside: places, keys, checkpoint, signatures, records, index.
// The numbers are those of docs/format/ledger.md and report.md. Heavy work is handed to `compute`.

import { checkSigned } from "./checkpoint.js";
import * as fitting from "./fitting.js";
import * as listing from "./listing.js";
import { KEY_KINDS, KeyHistory } from "./members.js";
import { checkInclusion, checkConsistency } from "./merkle.js";
import { parseRoot, split } from "./public.js";
import { readAll } from "./reading.js";
import * as references from "./references.js";
import { Malformed, base64Text, refuse, same } from "./strict.js";
import { Report } from "./verdicts.js";

/**
 * Look at a bundle by itself. Returns {report, read, history, ...}: what `conclude` adds the reader's own knowledge to.
 * `compute(tasks)` checks signatures and VRF proofs and gives a fault or null for each.
 */
export async function examine(files, others, compute, documents = null) {
  const report = new Report();
  const read = readAll(files, others, report);
  const state = { report, read, histories: [], last: null, opened: false, disclosures: -1, indexed: false, followUps: new Map(), documents };
  if (!read) return state;
  const { head } = read.checkpoint;
  state.shown = read.entries;
  report.step(1, "read", `${read.keys.length + read.entries.length} entries`);
  takeKeys(state);
  checkPlaces(state);
  checkCheckpoint(state);
  const tasks = [...signatures(state), ...listing.vrfTasks(state)];
  const faults = await compute(tasks.map((task) => task.work));
  settle(tasks, faults, report);
  checkRecords(state);
  checkAnchors(state);
  listing.check(state);
  fitting.check(state);
  inTheEnd(state);
  state.size = head.size;
  return state;
}

function settle(tasks, faults, report) {
  faults.forEach((fault, at) => {
    const task = tasks[at];
    if (fault && task.fail) task.fail(fault);
    if (fault) report.broken(task.verdicts, fault);
  });
}

/** Step 5: the key entries one after the other, each signed by whom the ones before name. */
function takeKeys(state) {
  const { read, report } = state;
  let history = new KeyHistory(read.checkpoint.head.origin);
  report.judging(["origin"], () => {
    let last = -1;
    for (const { entry, seq } of read.keys) {
      const where = `keys, entry ${seq}`;
      if (!KEY_KINDS.has(entry.kind) || seq <= last) refuse(where, "a genesis or key entry, ascending", entry.kind);
      history = history.after({ ...entry, seq }, where); // where it says another number, step 2 tells
      state.histories.push([seq, history]);
      last = seq;
    }
    if (read.keys[0].seq !== 0) refuse("keys", "the genesis first", `entry ${read.keys[0].seq}`);
    if (read.isWhole) state.last = history;
  });
  if (!state.last) {
    state.histories = [];
    report.missing(["origin"], "keys", "key entries that hold", "none");
  }
  report.step(5, "keys", `${read.keys.length} entries`);
}

/** The keys and roles before entry `seq`. */
export function historyBefore(state, seq) {
  const found = state.histories.findLast(([declared]) => declared < seq);
  return found ? found[1] : new KeyHistory(state.read.checkpoint.head.origin);
}

/** Step 2: each entry names this origin and its number, and its path leads to the root of the checkpoint. */
function checkPlaces(state) {
  const { read, report } = state, { head, note } = read.checkpoint;
  const tail = aloneNote(note);
  for (const one of [...read.keys, ...read.entries]) {
    const { entry, seq, proof } = one;
    if (!proof) continue; // missing or misspelled, which is said of its file
    report.judging(["order"], () => {
      const where = `entry ${seq}`;
      if (entry.origin !== head.origin || entry.seq !== seq) refuse(where, `number ${seq} of ${head.origin}`, `${entry.seq} of ${entry.origin}`);
      if (proof.index !== seq) refuse(where, `the proof of number ${seq}`, proof.index);
      if (proof.tail !== tail) refuse(where, "a proof that carries the checkpoint with the log's Ed25519 line alone", "another");
      checkInclusion(entry.hash, seq, head.size, proof.hashes, head.root, where);
      one.isPlaced = true;
    });
  }
  report.step(2, "place", `${read.keys.length + read.entries.length} entries in the tree of ${head.size}`);
}

/** The checkpoint's text with the log's Ed25519 line alone, as each proof carries it. */
function aloneNote({ text, signatures }) {
  const [origin] = text.split("\n");
  return `${text}\n${signatures.filter((one) => one.name === origin && one.value.length === 64).map((one) => `${one.line}\n`).join("")}`;
}

/** Step 7: both log signatures, by the keys in force at its size. */
function checkCheckpoint(state) {
  const { read, report, last } = state, { note, head } = read.checkpoint;
  report.step(7, "checkpoint", `size ${head.size}, both signatures of the log`);
  if (!last) {
    report.missing(["order"], "checkpoint", "log keys that hold over it", "none");
    return;
  }
  state.opened = report.judging(["order"], () => {
    checkSigned(note, head, last.logAt(head.size), "checkpoint");
    return true;
  }) === true;
}

/** Steps 3 and 4: signer and signature of each entry, by the key entries below it. */
function signatures(state) {
  const { read, report } = state, tasks = [];
  for (const { entry, seq } of state.histories.length ? read.entries : []) {
    if (KEY_KINDS.has(entry.kind)) {
      report.broken(["integrity"], new Malformed(`entry ${seq}`, "key entries in keys/ alone", entry.kind));
      continue;
    }
    const where = `entry ${seq}`;
    const key = report.judging(["origin"], () => historyBefore(state, seq).signer(entry, where));
    if (key) tasks.push({ verdicts: ["origin"], work: { sort: "signature", key: key.public, message: entry.signed, value: entry.signature, where } });
  }
  report.step(3, "signer", `${read.entries.length} entries`);
  report.step(4, "signature", `${read.entries.length} entries`);
  return tasks;
}

/** Step 10: each record is the one its entry commits to; approvals and follow-ups as far as they are shown. */
function checkRecords(state) {
  const { read, report } = state;
  const bySeq = new Map(read.entries.map((one) => [one.seq, one]));
  const found = [];
  let lines = 0;
  for (const one of read.entries) {
    if (!one.record) continue;
    lines += one.record.length;
    const own = report.judging(["integrity"], () => {
      references.checkRecord(one.record, one.entry, `record of entry ${one.seq}`);
      return { reference: references.of(one.record, one.entry) };
    });
    if (!own) Object.assign(one, { record: null, isRefused: true }); // not what was committed to: nothing of it counts, or is shown
    else if (own.reference) found.push(own.reference);
  }
  const first = references.firstNamed(found);
  for (const one of found) checkReference(one, bySeq, first, state);
  state.bySeq = bySeq;
  const named = [...first.keys()].filter((seq) => !bySeq.has(seq)).length;
  if (named) report.remarks.push(`Approvals that records name (${named}) are not in the report, and were not checked.`);
  report.step(10, "records", `${lines} lines`);
}

function checkReference(one, bySeq, first, state) {
  const { report } = state, where = `record of entry ${one.entry.seq}`;
  report.judging(["integrity"], () => {
    references.checkFiled(one, where);
    for (const seq of one.filed?.entries ?? []) {
      const earlier = bySeq.get(seq);
      const isWhole = earlier?.record && earlier.record.every((line) => line.text !== null || !line.name.startsWith("term."));
      if (isWhole) references.checkFollowUp(one, seq, references.filed(earlier.record), where);
    }
  });
  const signers = new Set([one.entry.signer]);
  for (const seq of one.approvals) {
    const approval = seq === null ? null : bySeq.get(seq)?.entry;
    if (!approval) continue; // not shown: what it says is not claimed here
    report.judging(["integrity"], () => references.checkApproval(one, seq, approval, first, signers, where));
    signers.add(approval.signer);
  }
}

/** Step 9: checkpoints that were stamped are beginnings of this ledger, and anchor entries name their roots. */
function checkAnchors(state) {
  const { read, report, last } = state, { head } = read.checkpoint;
  state.tied = new Map();
  for (const name of read.stamped) {
    if (!read.anchors.has(name)) report.broken(["order"], new Malformed(`anchors/${name}/checkpoint`, "a checkpoint that can be tied to this one", "none that can be read"));
  }
  for (const [name, { note, head: old }] of read.anchors) {
    const where = `anchors/${name}`;
    const isTied = report.judging(["order"], () => {
      if (old.origin !== head.origin || String(old.size) !== name) refuse(where, `size ${name} of ${head.origin}`, `${old.size} of ${old.origin}`);
      const path = old.size === head.size ? { old: old.size, size: head.size, hashes: [] } : read.paths.get(name);
      if (!path) refuse(where, `consistency/${name}.proof`, "none");
      if (path.old !== old.size || path.size !== head.size) refuse(where, `a proof from ${old.size} to ${head.size}`, `${path.old} to ${path.size}`);
      checkConsistency(old.size, head.size, path.hashes, old.root, head.root, where);
      return true;
    });
    const isSigned = last && report.judging(["time"], () => {
      checkSigned(note, old, last.logAt(old.size), where);
      return true;
    });
    if (isTied && isSigned) state.tied.set(name, { note, head: old });
  }
  for (const name of read.paths.keys()) {
    if (!read.stamped.has(name) || name === String(head.size)) report.broken(["integrity"], new Malformed(`consistency/${name}.proof`, "one for each stamped checkpoint before this one", "another"));
  }
  checkAnchorEntries(state);
  report.step(9, "anchors", `${state.tied.size} earlier checkpoints`);
}

function checkAnchorEntries(state) {
  for (const { entry, seq, isPlaced } of state.read.entries) {
    if (!isPlaced || entry.kind !== "anchor" || entry.record !== null) continue;
    const [size, root] = parseRoot(split(entry.lines[0])[1], `entry ${seq}`);
    const tied = state.tied.get(String(size));
    state.report.judging(["order"], () => {
      if (tied && !same(tied.head.root, root)) refuse(`entry ${seq}`, `root ${base64Text(tied.head.root)}`, base64Text(root));
    });
  }
}

/** Step 11: entries of members who were revoked later. */
function inTheEnd(state) {
  const { read, report, last } = state;
  for (const { member, first, declared } of last?.revocations ?? []) {
    for (const { entry, seq } of [...read.keys, ...read.entries]) {
      if (first <= seq && seq < declared && entry.signer === `${last.origin}/${member}`) {
        report.missing(["origin"], `entry ${seq}`, "a signer not revoked later", member);
      }
    }
  }
  report.step(11, "in the end", last?.revocations.length ? `${last.revocations.length} revocations` : "nobody was revoked");
}
