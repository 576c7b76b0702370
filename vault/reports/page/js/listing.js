// Step 15: the index under the checkpoint: key entries counted, lists of terms whole, follow-ups of each entry shown.

import * as index from "./index.js";
import { parseRoot, split } from "./public.js";
import { Malformed, base64Text, refuse, same } from "./strict.js";
import { termInput } from "./vrf.js";

/** The VRF proofs to be checked: each shown tag is that of its term. */
export function vrfTasks(state) {
  const { read, last } = state, tasks = [];
  const groups = [["terms", read.terms], ["within", read.within], ["follow-ups", read.followUps]];
  for (const [name, proofs] of last ? groups : []) {
    (proofs ?? []).forEach((proof, at) => {
      const where = `index/${name}.proofs, proof ${at + 1}`;
      const { shown } = proof, key = shown && last.vrfs.get(shown.generation);
      proof.isShown = Boolean(key);
      proof.where = where;
      if (!key) return;
      const work = { sort: "vrf", key, message: termInput(shown.term), value: shown.proof, tag: proof.tag, where };
      tasks.push({ verdicts: ["completeness"], work, fail: () => { proof.isShown = false; } });
    });
  }
  return tasks;
}

/** All of step 15 but the VRF proofs, which have been settled. */
export function check(state) {
  const { report, read, last } = state;
  report.step(15, "index", "lists, follow-ups and key entries as the index counts them", Boolean(last && read.statement));
  if (!last || !read.statement) {
    report.missing(["completeness"], "the index", "keys and a statement that hold", "none");
    return;
  }
  const root = report.judging(["completeness"], () => indexRoot(read));
  if (!root) { // [a removal left out, and the index entry that counts it]
    report.missing(["origin"], "keys", "an index that counts the key entries", "none that holds");
    return;
  }
  const byTag = sortedByTag(read.entries);
  state.used = new Set();
  const counted = countKinds(state, root);
  if (!areProofsThere(state)) return;
  state.lists = checkTerms(state, root, byTag);
  checkFollowUps(state, root, byTag);
  checkEvery(state, counted);
  checkOthers(state);
  state.indexed = true;
}

/**
 * The root of the index that the last leaf of the checkpoint states over all entries before it.
 * [An older index, true in its day, lacks what came after it.]
 */
export function indexRoot({ checkpoint, entries }) {
  const { head } = checkpoint;
  const last = entries.find(({ seq }) => BigInt(seq) + 1n === BigInt(head.size));
  if (!last?.isPlaced || last.entry.kind !== "index") refuse("index", `an index entry as the last of ${head.size}`, last ? last.entry.kind : "none");
  const [size, root] = parseRoot(split(last.entry.lines[0])[1], `entry ${last.seq}`);
  if (size !== last.seq) refuse("index", `an index over ${last.seq} entries`, size);
  return root;
}

function sortedByTag(entries) {
  const found = new Map();
  for (const { entry } of entries) {
    for (const tag of entry.tags) {
      if (!found.has(tag)) found.set(tag, []);
      found.get(tag).push(entry);
    }
  }
  return found;
}

/** How many entries of each kind there are; genesis and key entries are all shown. */
function countKinds(state, root) {
  const { report, read } = state, counted = new Map();
  for (const [kind, proof] of read.kinds) {
    const isOfKeys = kind === "genesis" || kind === "key";
    const leaf = report.judging(["origin", "completeness"], () => {
      const where = `index/kind-${kind}.proof`;
      if (!proof) refuse(where, "a proof that can be read", "none");
      if (!same(proof.tag, index.kindTag(kind)) || proof.shown) refuse(where, `the tag of kind ${kind}, without a term`, base64Text(proof.tag));
      const found = index.verify(proof, root, where);
      if (isOfKeys) checkKeys(found, read.keys.filter(({ entry }) => entry.kind === kind), kind, where);
      return found ?? { count: 0 };
    });
    if (leaf) counted.set(kind, leaf);
  }
  state.disclosures = counted.get("disclosure")?.count ?? -1;
  state.parties = counted.get("party")?.count ?? -1;
  if (state.disclosures === 0) report.missing(["order", "completeness"], "ledger", "a disclosure", "none");
  return counted;
}

function checkKeys(leaf, shown, kind, where) {
  if (leaf) index.checkComplete(leaf, shown.map((one) => one.entry), where);
  else if (shown.length || kind === "genesis") refuse(where, `the ${shown.length} entries of that kind in the index`, "none");
}

/** [Entries of somebody else's, to make a report look like more.] */
function checkOthers({ report, read, used }) {
  const last = read.entries.at(-1);
  for (const one of read.entries) {
    const belongs = one === last || ["disclosure", "anchor"].includes(one.entry.kind) || used.has(one.entry);
    if (!belongs) report.broken(["completeness"], new Malformed(`entry ${one.seq}`, "an entry that the query or a follow-up brings", one.entry.kind));
  }
}

/** The entries under a proof's tag are exactly those that the index holds; gives them. */
function allUnder(proof, root, byTag, used) {
  const shown = byTag.get(base64Text(proof.tag)) ?? [];
  for (const entry of shown) used.add(entry);
  const leaf = index.verify(proof, root, proof.where);
  if (leaf) index.checkComplete(leaf, shown, proof.where);
  else if (shown.length) refuse(proof.where, `no entry under tag ${base64Text(proof.tag)}`, `entry ${shown[0].seq}`);
  return shown;
}

/** Refuse unless there is one proof for each term and each generation of the index key, and no other. */
function checkGenerations(proofs, terms, generations, where) {
  const wanted = new Set();
  for (const term of terms) for (const generation of generations) wanted.add(`${generation} ${term}`);
  for (const { shown } of proofs) {
    if (!shown || !wanted.delete(`${shown.generation} ${shown.term}`)) {
      refuse(where, "one proof for each term and each generation of the index key, and no other", shown ? `generation ${shown.generation}` : "a bare tag");
    }
  }
  if (wanted.size) refuse(where, "a proof for each term and each generation of the index key", `${wanted.size} missing`);
}

/** Whether there is a proof that holds for each term that one is asked for, by each index key. */
function areProofsThere({ report, read, last }) {
  const seqs = read.entries.filter(({ entry }) => entry.record !== null).map(({ seq }) => seq);
  const wanted = [["terms", read.terms, read.statement?.complete ?? []], ["within", read.within, read.statement?.within ?? []],
    ["follow-ups", read.followUps, seqs.map((seq) => `entry:${seq}`)]];
  return wanted.every(([name, proofs, terms]) => report.judging(["completeness"], () => {
    const where = `index/${name}.proofs`;
    if (!proofs) refuse(where, "proofs that can be read", "none");
    checkGenerations(proofs, terms, [...last.vrfs.keys()], where);
    return proofs.every((proof) => proof.isShown);
  }));
}

/** By term, the entries under it. */
function checkTerms(state, root, byTag) {
  const { report, read } = state, lists = new Map();
  for (const proof of read.terms ?? []) {
    if (!proof.shown) continue;
    const found = report.judging(["completeness"], () => allUnder(proof, root, byTag, state.used));
    lists.set(proof.shown.term, [...(lists.get(proof.shown.term) ?? []), ...(found ?? [])]);
  }
  return lists;
}

/** Nothing that follows up an entry with a record is left out; `state.followUps` gets them by its number. */
function checkFollowUps(state, root, byTag) {
  const { report, read } = state;
  for (const proof of read.followUps ?? []) {
    if (!proof.shown?.term.startsWith("entry:")) continue;
    const found = report.judging(["completeness"], () => allUnder(proof, root, byTag, state.used)) ?? [];
    const seq = Number(proof.shown.term.slice(6));
    const before = state.followUps.get(seq) ?? [];
    state.followUps.set(seq, [...before, ...found].sort((one, other) => Number(one.seq) - Number(other.seq)));
  }
}

/** `complete-kind disclosure`: the transmittals shown are all there are. */
function checkEvery(state, counted) {
  const { report, read } = state, leaf = counted.get("disclosure");
  if (!read.statement?.every || !leaf) return;
  report.judging(["completeness"], () => {
    const shown = read.entries.filter(({ entry }) => entry.kind === "disclosure").map((one) => one.entry);
    if (leaf.count) index.checkComplete(leaf, shown, "complete-kind disclosure");
    else if (shown.length) refuse("complete-kind disclosure", "no disclosure", `${shown.length} shown`);
  });
}
