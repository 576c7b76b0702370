// What the reader brings: fingerprint and policy, typed, pasted or loaded from a file.

import { byId, put } from "./dom.js";

/** Listen; `send({fingerprint, policy})` hands it to the worker. */
export function listen(send) {
  const form = byId("outside");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const read = readFingerprint(byId("fingerprint").value);
    byId("fingerprint-fault").textContent = read.fault;
    byId("fingerprint").setAttribute("aria-invalid", String(Boolean(read.fault)));
    if (!read.fault) send({ fingerprint: read.value, policy: readPolicy(byId("policy").value) });
  });
  byId("policy-file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    if (file.size > 2 << 20) byId("policy-fault").textContent = "A policy has at most 2 MiB.";
    else {
      byId("policy").value = await file.text();
      form.requestSubmit();
    }
  });
}

/** 64 hex digits, however they were grouped and in whatever case. */
function readFingerprint(typed) {
  const value = typed.replace(/[\s:.-]/g, "").toLowerCase();
  if (!value || /^[0-9a-f]{64}$/.test(value)) return { value, fault: "" };
  return { value: "", fault: `A fingerprint has 64 digits, 0 to 9 and a to f; this has ${value.length} characters.` };
}

/** A pasted text ends as it may; the format wants each line to end. */
function readPolicy(pasted) {
  const text = pasted.replace(/\r\n?/g, "\n");
  return text.trim() && !text.endsWith("\n") ? `${text}\n` : text.trim() ? text : "";
}

/** What became of it. */
export function told({ fault }) {
  byId("policy-fault").textContent = fault ? `This policy cannot be read, and counts for nothing: ${fault}` : "";
  byId("policy").setAttribute("aria-invalid", String(Boolean(fault)));
}

/** Whom the reader believes now. */
export function believed({ brought, parties, fingerprint }) {
  const said = [];
  if (brought.fingerprint) said.push(brought.fingerprint === fingerprint ? "The fingerprint is yours." : "The fingerprint is NOT yours: this is another ledger.");
  if (parties) {
    const names = (list) => (list.length ? list.join(", ") : "none");
    said.push(`Witnesses: ${names(parties.witnesses)}; quorum ${parties.rule}. Auditors: ${names(parties.auditors)}.`);
  }
  put(byId("believed"), said.join(" ") || "Nothing from outside yet.");
}
