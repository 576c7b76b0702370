// The page's judge without a page: reads jobs, one line of JSON each, from standard input, and answers in lines.
//
// A job is {folder, fingerprint, policy, changed}: a folder of data/evidence, if any, what the reader brings, and files
// that are other than they lie there ({name: base64, or null for one that is gone}), `documents` [[name, size]], `dropped`
// ({name: base64}): report.note, tagmanifest-sha256.txt, manifest-sha256.txt, as a reader drops them on the page.

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";

const JS = process.argv[2];
const { alone } = await import(join(JS, "compute.js"));
const { conclude } = await import(join(JS, "concluding.js"));
const { examine } = await import(join(JS, "judging.js"));
const { modelOf } = await import(join(JS, "model.js"));
const { parse: parsePolicy } = await import(join(JS, "policy.js"));
const { Seal } = await import(join(JS, "seal.js"));
const { decoded } = await import(join(JS, "strict.js"));

/** The files of a folder, with those that are said to be other than there. */
function filesOf(folder, changed) {
  const names = folder ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()) : [];
  const found = new Map(names.map((one) => [relative(folder, join(one.parentPath ?? one.path, one.name)), readFileSync(join(one.parentPath ?? one.path, one.name))]));
  for (const [name, data] of Object.entries(changed ?? {})) {
    if (data === null) found.delete(name);
    else found.set(name, Buffer.from(data, "base64"));
  }
  return found;
}

/** As the page embeds them: text where it is UTF-8. */
function embedded(data) {
  try {
    return decoded(data);
  } catch {
    return new Uint8Array(data);
  }
}

async function judge({ folder = "", fingerprint = "", policy = "", changed = {}, documents = null, dropped = null }) {
  const files = new Map(), others = new Map();
  for (const [name, data] of filesOf(folder, changed)) {
    if (/^ledger\/|^anchors\/[^/]+\/[^/]+\.(?:tsr|pem)$/.test(name)) others.set(name, data.length);
    else files.set(name, embedded(data));
  }
  const state = await examine(files, others, alone, documents);
  const seal = new Seal(files);
  for (const [name, data] of Object.entries(dropped ?? {})) seal.take(name, new Uint8Array(Buffer.from(data, "base64")));
  const report = conclude(state, { fingerprint, policy: policy ? parsePolicy(policy) : null }, seal);
  const model = state.read ? modelOf(state) : null;
  return { ...report.summary(), transmittals: model?.rows.length ?? 0 };
}

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const answer = await judge(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(answer, (_, value) => (typeof value === "bigint" ? String(value) : value))}\n`);
}
