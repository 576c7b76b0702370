// The worker: examines the bundle, answers the page. It holds what was read; the page holds what it shows.

import { sha256 } from "@noble/hashes/sha2.js";
import { serve, spread } from "./compute.js";
import { conclude, fingerprintOf } from "./concluding.js";
import { examine } from "./judging.js";
import { documentsOf, modelOf, sheetOf } from "./model.js";
import { parse as parsePolicy } from "./policy.js";
import { Seal } from "./seal.js";
import { hexText } from "./strict.js";

/** Serve one page: the first message says whether this worker calculates for another or examines a bundle. */
export function run(scope) {
  const desk = new Desk(scope);
  scope.onmessage = async ({ data }) => {
    try {
      if (data.type === "calculate") serve(data.port);
      else await desk[data.type](data);
    } catch (error) {
      scope.postMessage({ type: "failed", what: String(error?.stack ?? error) });
    }
  };
}

class Desk {
  constructor(scope) {
    Object.assign(this, { scope, files: new Map(), others: new Map(), state: null, seal: null, documents: null });
    this.outside = { fingerprint: "", policy: null };
  }

  /** Some of the embedded files: {name: text}, or {name: {base64}} where they are not UTF-8. */
  files_(chunk) {
    for (const [name, data] of Object.entries(chunk)) {
      this.files.set(name, typeof data === "string" ? data : Uint8Array.from(atob(data.base64), (one) => one.charCodeAt(0)));
    }
  }

  chunk({ text }) {
    this.files_(JSON.parse(text));
  }

  async examine({ others, documents, ports }) {
    this.others = new Map(others);
    const started = performance.now();
    const compute = spread(ports, (done, total) => this.scope.postMessage({ type: "progress", done, total }));
    this.state = await examine(this.files, this.others, compute, documents);
    this.seal = new Seal(this.files);
    const took = Math.round(performance.now() - started);
    if (this.state.read) this.scope.postMessage({ type: "model", model: modelOf(this.state), took });
    this.tell(took);
  }

  tell(took = null) {
    const report = conclude(this.state, this.outside, this.seal);
    const brought = { fingerprint: this.outside.fingerprint || this.outside.policy?.fingerprint || "", hasPolicy: Boolean(this.outside.policy) };
    const policy = this.outside.policy;
    const parties = policy ? { auditors: policy.auditors.map((one) => one.name), witnesses: policy.quorum.witnesses.map((one) => one.name), rule: policy.quorum.rule } : null;
    this.scope.postMessage({ type: "verdicts", summary: report.summary(), ends: report.ends ?? [], brought, parties, fingerprint: fingerprintOf(this.state), took });
  }

  /** What the reader brings; a policy that cannot be read is none, and said. */
  outsider({ fingerprint, policy }) {
    let read = null, fault = "";
    try {
      read = policy ? parsePolicy(policy) : null;
    } catch (error) {
      if (error.name !== "Malformed") throw error;
      fault = error.message;
    }
    this.outside = { fingerprint: fault ? "" : fingerprint, policy: read };
    this.scope.postMessage({ type: "policy", fault });
    this.tell();
  }

  sheet({ seq }) {
    this.scope.postMessage({ type: "sheet", sheet: sheetOf(this.state, seq) });
  }

  /** A file from the reader's disk: its SHA-256, read in pieces, and what it is. */
  async dropped({ id, file }) {
    const digest = await this.hash(id, file);
    if (file.size < 64 << 20 && this.seal.take(file.name, new Uint8Array(await file.arrayBuffer()))) {
      this.scope.postMessage({ type: "dropped", id, name: file.name, size: file.size, digest, seal: this.missingOfSeal() });
      return this.tell();
    }
    this.documents ??= documentsOf(this.state);
    const items = this.documents.get(digest) ?? [];
    this.scope.postMessage({ type: "dropped", id, name: file.name, size: file.size, digest, items, listed: this.seal.nameOf(digest) });
    return undefined;
  }

  async hash(id, file) {
    const hash = sha256.create(), reader = file.stream().getReader();
    let done = 0, told = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      hash.update(part.value);
      done += part.value.length;
      if (done - told > 8 << 20) {
        told = done;
        this.scope.postMessage({ type: "hashing", id, done, size: file.size });
      }
    }
    return hexText(hash.digest());
  }

  missingOfSeal() {
    const { note, tags, manifest } = this.seal;
    return [["report.note", note], ["tagmanifest-sha256.txt", tags], ["manifest-sha256.txt", manifest]].filter(([, held]) => !held).map(([name]) => name);
  }
}
