// What the reader brings from outside, fingerprint and policy, and what it makes of the verdicts. Steps 6, 14 and 16.
//
// Nothing of it is taken from the bundle. [A vault invented this morning, with a witness beside it, is all green.]

import { SECOND_HISTORY, judge as judgePolicy } from "./policy.js";
import { BROKEN } from "./verdicts.js";
import { hexText } from "./strict.js";

const UNSTATED = 60; // seconds by which a witness's clock is taken to be right
export const NOBODY = "index recomputed by nobody independent";
export const NO_LIST = "the query names no party, subject, matter or category: what else there is, nobody can see";
export const HERE = "NOT CHECKED HERE";

/** The leaf hash of the genesis, in hex: what has to be compared with the reader's own. */
export function fingerprintOf(state) {
  return state.read?.keys[0].seq === 0 ? hexText(state.read.keys[0].entry.hash) : "";
}

/** The verdicts of an examined bundle for a reader who brings `fingerprint` (hex or empty) and `policy` (or null). */
export function conclude(state, { fingerprint, policy }, dropped = null) {
  const report = state.report.copy();
  if (!state.read) {
    report.missing(["order", "origin", "time", "completeness"], "data/evidence", "files that can be read", "others");
    return report;
  }
  const isOurs = compareFingerprint(state, fingerprint || policy?.fingerprint || "", report);
  const cosigned = policy && state.opened ? cosignatures(state, policy, report) : null;
  if (!policy) report.step(14, "witnesses", "no policy was given", false);
  const by = isOurs && cosigned ? cosigned.auditors.map((one) => one.name).join(", ") : "";
  if (!by) report.missing(["origin", "completeness"], "the index", "an auditor of your policy that cosigned it", NOBODY);
  judgeTime(state, policy, cosigned, report);
  closed(state, report, dropped);
  judgeCompleteness(state, by, report);
  report.prove("integrity", "every entry and every line shown is the one that was committed to");
  report.prove("order", `what is shown stands under checkpoint ${state.size}; ${saidOf(cosigned)}`);
  report.prove("origin", `signed by members whose keys the ledger declares; all key entries are shown, as ${by} recomputed`);
  return report;
}

function compareFingerprint(state, expected, report) {
  const found = fingerprintOf(state), verdicts = ["order", "origin", "completeness"];
  if (!expected) {
    report.step(6, "fingerprint", "none was given: the bundle vouches for itself", false);
    report.missing(verdicts, "the ledger", "a fingerprint from outside", "none: self-asserted");
    return false;
  }
  report.step(6, "fingerprint", expected);
  if (state.read.keys[0].seq !== 0) {
    report.missing(verdicts, "the fingerprint", "a genesis to compare it with", "none that can be read");
    return false;
  }
  if (expected === found) return true;
  report.broken(verdicts, { where: "entry 0", expected: `the fingerprint ${expected}`, found });
  return false;
}

/** Step 14: who of the policy cosigned this checkpoint. */
function cosignatures(state, policy, report) {
  const { note } = state.read.checkpoint;
  const own = state.last.logs.flatMap((pair) => [pair.ed25519, pair.mlDsa]);
  const cosigned = report.judging(["order"], () => judgePolicy(policy, note, own, "checkpoint"));
  report.step(14, "witnesses", cosigned ? `${cosigned.witnesses.length} of the policy cosigned, quorum ${policy.quorum.rule}` : "a cosignature does not hold");
  for (const one of cosigned?.missing ?? []) report.missing(["order"], "checkpoint", "what the policy asks for", one);
  for (const [name, why] of cosigned?.aside ?? []) report.remarks.push(`The cosignature of ${name} does not count: ${why}.`);
  return cosigned;
}

function saidOf(cosigned) {
  if (!cosigned || cosigned.missing.length || !cosigned.witnesses.length || cosigned.caution) return SECOND_HISTORY;
  return `cosigned by ${cosigned.witnesses.map((one) => one.name).join(", ")}: no other history unless they all saw two`;
}

/** Step 16, as far as cosignatures go: each transmittal selected was there when the quorum was complete. */
function judgeTime(state, policy, cosigned, report) {
  const { read } = state, selected = read.statement?.selected ?? [];
  report.step(16, "time", `time stamps (RFC 3161): ${HERE}; cosignatures of your witnesses are`, false);
  const ends = policy ? provenEnds(state, policy, cosigned, report) : [];
  report.ends = ends;
  const open = selected.filter(({ seq }) => !ends.some(({ size }) => size > seq));
  if (!selected.length) report.missing(["time"], "statement", "a transmittal that the query selects", "none");
  for (const { seq } of open.slice(0, 1000)) {
    report.missing(["time"], `entry ${seq}`, "a moment by which it was there, by a quorum of your witnesses", `time stamps: ${HERE}`);
  }
  if (ends.length) report.prove("time", `there by ${moment(Math.min(...ends.map((one) => one.time)) + UNSTATED)} or earlier, when your quorum had cosigned; time stamps: ${HERE}`);
}

function provenEnds(state, policy, cosigned, report) {
  const found = [];
  const take = (size, judged) => {
    if (judged && !judged.missing.length && judged.quorumTime !== null) found.push({ size, time: Number(judged.quorumTime) });
  };
  take(state.read.checkpoint.head.size, cosigned);
  const own = state.last?.logs.flatMap((pair) => [pair.ed25519, pair.mlDsa]) ?? [];
  for (const [name, { note, head }] of state.tied ?? []) {
    take(head.size, report.judging(["time"], () => judgePolicy(policy, note, own, `anchors/${name}`)));
  }
  return found;
}

function moment(seconds) {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

function judgeCompleteness(state, by, report) {
  const { statement } = state.read;
  if (!statement) return;
  if (!statement.complete.length && !statement.every) report.missing(["completeness"], "statement", "a line `complete` or `complete-kind`", NO_LIST);
  const what = statement.every ? "all transmittals of the ledger" : `all that was filed under ${statement.complete.length} terms`;
  if (state.indexed) report.prove("completeness", `${what}, up to checkpoint ${state.size}; recomputed by ${by}; one term, one tag`);
  if (["integrity", "order", "origin"].some((verdict) => report.state(verdict) === BROKEN)) {
    report.missing(["completeness"], "report", "integrity, order and origin unbroken", "one of them is BROKEN");
  }
}

/** Steps 17, 18 and 20 rest on files that lie beside the page. */
function closed(state, report, dropped) {
  const steps = [[17, "bag", "that no file of the bundle was changed, added or removed"],
    [18, "seal", "that the member named signed this very bundle"], [20, "documents", "that the documents are those recorded"]];
  for (const [number, name, what] of steps) report.step(number, name, `${HERE}: ${what}`, false);
  dropped?.apply(state, report);
}
