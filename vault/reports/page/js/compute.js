// The two heavy checks, one at a time or spread over other workers: a signature, and a VRF proof for a tag.

import { verify as verifySignature } from "./ed25519.js";
import { base64Text, refuse, same } from "./strict.js";
import { verify as verifyVrf } from "./vrf.js";

const BATCH = 48;

/** The fault of one piece of work, {where, expected, found}, or null where it holds. */
export function check(work) {
  try {
    if (work.sort === "signature") verifySignature(work.key, work.message, work.value, work.where);
    else {
      const output = verifyVrf(work.key, work.message, work.value, `${work.where}, vrf`);
      if (!same(output.subarray(0, 32), work.tag)) refuse(work.where, "the tag of its term", base64Text(work.tag));
    }
    return null;
  } catch (fault) {
    if (fault.name !== "Malformed") throw fault;
    return { where: fault.where, expected: fault.expected, found: fault.found };
  }
}

/** All of it in this thread. */
export async function alone(works) {
  return works.map(check);
}

/** All of it by the workers behind these ports, which answer {id, faults} to {id, works}; `progress(done, total)`. */
export function spread(ports, progress) {
  return (works) => new Promise((resolve, reject) => {
    const faults = new Array(works.length).fill(null);
    let next = 0, done = 0;
    if (!works.length) resolve(faults);
    const give = (port) => {
      if (next >= works.length) return;
      const id = next;
      next = Math.min(next + BATCH, works.length);
      port.postMessage({ id, works: works.slice(id, next) });
    };
    for (const port of ports) {
      port.onmessage = ({ data }) => {
        if (data.failed) return reject(new Error(data.failed));
        data.faults.forEach((fault, at) => { faults[data.id + at] = fault; });
        done += data.faults.length;
        progress(done, works.length);
        return done === works.length ? resolve(faults) : give(port);
      };
      give(port);
    }
  });
}

/** What a worker behind such a port does. */
export function serve(port) {
  port.onmessage = ({ data }) => {
    try {
      port.postMessage({ id: data.id, faults: data.works.map(check) });
    } catch (error) {
      port.postMessage({ id: data.id, failed: String(error) });
    }
  };
}
