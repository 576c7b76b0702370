// Runs the page's readers over the committed vectors: `node vectors.mjs <js> <vectors> <edge cases>` prints
// {file: {cases, wrong: [...]}}; a case is wrong where a reader says otherwise than it is expected to.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const [, , JS, VECTORS, EDGE] = process.argv;
const names = ["checkpoint", "ed25519", "entry", "index", "listing", "members", "merkle", "note", "policy", "proof", "record", "references", "strict", "terms", "vrf"];
const js = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await import(join(JS, `${name}.js`))])));
const hex = (text) => new Uint8Array(Buffer.from(text, "hex"));
const bytes = (one, name) => (one[`${name}-hex`] === undefined ? new TextEncoder().encode(one[name]) : hex(one[`${name}-hex`]));

function same(found, expected, what) {
  if (String(found) !== String(expected)) throw new Error(`${what}: ${found}, not ${expected}`);
}

const READERS = {
  vkeys: (one) => js.note.parseKey(one.vkey),
  notes: (one) => js.note.verify(js.note.parse(bytes(one, "note")), js.note.parseKey(one.vkey)),
  ed25519(one) {
    js.ed25519.checkPublic(hex(one.key), "key");
    js.ed25519.verify(hex(one.key), hex(one.message), hex(one.signature), "signature");
  },
  vrf(one) {
    js.vrf.checkPublic(hex(one.key), "key");
    const output = js.vrf.verify(hex(one.key), hex(one.alpha), hex(one.proof));
    if (one.beta) same(js.strict.hexText(output), one.beta, "beta");
  },
  entries: (one) => js.entry.parse(bytes(one, "entry")),
  records(one) {
    const lines = js.record.parse(bytes(one, "record"));
    same(js.strict.base64Text(js.record.root(lines)), one.root, "root");
    same(js.strict.base64Text(js.record.approvedRoot(lines)), one["approved-root"], "approved root");
  },
  "shown-records": (one) => js.references.checkRecord(js.record.parseShown(bytes(one, "shown")), js.entry.parse(one.entry)),
  checkpoints(one) {
    const [ed25519, mlDsa] = one.vkeys.map((vkey) => js.note.parseKey(vkey));
    const { note, head } = js.checkpoint.unverified(bytes(one, "checkpoint"));
    js.checkpoint.checkSigned(note, head, { ed25519, mlDsa });
    same(Number(head.size), one.size, "size");
  },
  cosignatures(one) {
    const note = js.note.parse(bytes(one, "checkpoint"), "checkpoint", js.checkpoint.MAX_CHECKPOINT);
    same(Number(js.checkpoint.verifyCosignature(note, js.note.parseKey(one.vkey))), one.time, "time");
  },
  proofs(one) {
    const proof = js.proof.parse(bytes(one, "proof")), head = js.checkpoint.parseText(one.opened);
    if (proof.note.text !== one.opened) js.strict.refuse("proof", "the checkpoint that was opened");
    js.note.verify(proof.note, js.note.parseKey(one.vkey));
    js.merkle.checkInclusion(js.merkle.leafHash(hex(one.leaf)), proof.index, head.size, proof.hashes, head.root);
  },
  index: readIndex,
  policies: readPolicy,
  "key-histories": readHistory,
};

function readIndex(one) {
  const entries = one.entries.map((text) => js.entry.parse(text));
  const shown = [{ seq: one.index, entry: entries[one.index], isPlaced: true }];
  const root = js.listing.indexRoot({ checkpoint: { head: { size: one.size } }, entries: shown });
  const proof = js.index.parse(one.proof);
  if (one.asked.includes(":")) {
    if (proof.shown?.generation !== 1 || proof.shown.term !== one.asked) js.strict.refuse("proof", "the term that was asked for");
    const output = js.vrf.verify(js.strict.base64Bytes(one.vrf, "key"), js.vrf.termInput(one.asked), proof.shown.proof);
    if (!js.strict.same(output.slice(0, 32), proof.tag)) js.strict.refuse("proof", "the tag of its term");
  } else if (js.strict.base64Text(proof.tag) !== one.asked) js.strict.refuse("proof", "the tag that was asked for");
  const leaf = js.index.verify(proof, root), listed = one.listed.map((seq) => entries[seq]);
  if (leaf) js.index.checkComplete(leaf, listed);
  else if (listed.length) js.strict.refuse("proof", "nothing to be listed");
}

function readPolicy(one) {
  const policy = js.policy.parse(bytes(one, "policy"));
  const judged = js.policy.judge(policy, js.note.parse(one.checkpoint, "checkpoint", js.checkpoint.MAX_CHECKPOINT));
  same(judged.missing.length > 0, one.missing !== "", "missing");
  same(judged.witnesses.map((party) => party.name), one.witnesses, "witnesses");
  same(judged.auditors.map((party) => party.name), one.auditors, "auditors");
  same(judged.quorumTime ?? null, one.complete, "complete");
}

/** Whole ledgers: the entries whose bytes, signer, signature or keys are refused are those of the vector. */
function readHistory(one) {
  const found = [];
  let history = new js.members.KeyHistory(one.origin);
  [...(one.genesis === null ? [] : [one.genesis]), ...one.entries].forEach((text, at) => {
    const where = `entry ${at}`;
    let entry = null;
    try {
      entry = js.entry.parse(text, where);
      if (js.members.KEY_KINDS.has(entry.kind)) history = history.after(entry, where);
      else js.ed25519.verify(history.signer(entry, where).public, entry.signed, entry.signature, where);
    } catch (fault) {
      if (fault.name !== "Malformed") throw fault;
      found.push(`${where} ${entry ? "origin" : "integrity"}`);
    }
  });
  const expected = one.faults.filter(([, verdict, state]) => state === "BROKEN" && verdict !== "order" && verdict !== "completeness");
  same(found, [...new Set(expected.map(([where, verdict]) => `${where} ${verdict}`))], "faults");
}

function isWrong(read, one, expects) {
  try {
    read(one);
    return expects ? "" : "accepted";
  } catch (error) {
    if (error.name !== "Malformed") return String(error.stack);
    return expects ? String(error) : "";
  }
}

const told = {};
for (const [name, read] of Object.entries(READERS)) {
  const { cases, ...common } = JSON.parse(readFileSync(join(VECTORS, `${name}.json`), "utf8"));
  const expects = (one) => name === "key-histories" || one.expect === "accept";
  const wrong = cases.map((one) => [one.name, isWrong(read, { ...common, ...one }, expects(one))]).filter(([, what]) => what);
  told[name] = { cases: cases.length, wrong };
}
const formed = JSON.parse(readFileSync(join(VECTORS, "terms.json"), "utf8")).cases.filter((one) => !one.of || one.expect === "accept");
const terms = formed.map((one) => [one.name, isWrong((term) => js.terms.check(term.term, "term"), one, one.expect === "accept")]);
told.terms = { cases: formed.length, wrong: terms.filter(([, what]) => what) };
const edge = JSON.parse(readFileSync(EDGE, "utf8"));
const accepted = edge.filter((one) => !isWrong((each) => {
  js.ed25519.checkPublic(hex(each.key), "key");
  js.ed25519.verify(hex(each.key), new TextEncoder().encode(each.msg), hex(each.sig), "signature");
}, one, true));
told.edge = { cases: edge.length, accepted: accepted.map((one) => one.number) };
told.folded = Object.fromEntries(Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff).map((code) => [code, js.terms.caseFolded(String.fromCodePoint(code))])
  .filter(([code, folded]) => folded !== String.fromCodePoint(code)));
process.stdout.write(JSON.stringify(told));
