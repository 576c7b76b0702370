// The page: hands the embedded evidence to a worker and shows what it answers. It judges nothing itself.

import * as cover from "./view/cover.js";
import { announce, byId } from "./view/dom.js";
import * as drop from "./view/drop.js";
import * as exceptions from "./view/exceptions.js";
import * as matrix from "./view/matrix.js";
import * as outside from "./view/outside.js";
import * as sheets from "./view/sheets.js";
import { Table } from "./view/table.js";
import * as timeline from "./view/timeline.js";
import * as verdicts from "./view/verdicts.js";

const CALCULATORS = 4;
let failed = false;
let table = null;

/** Something here did not do its work: whatever was shown before, nothing counts as checked. */
function fail(what) {
  failed = true;
  verdicts.unchecked("NOT CHECKED: this page failed. Use dvault verify or verify.py.");
  verdicts.warn("NOT CHECKED: this page failed. What it shows must not be relied on.");
  document.body.dataset.state = "failed";
  byId("progress-text").textContent = `The check failed: ${String(what).slice(0, 300)}`;
}

/** Begin: `source` is the text of this very program, for the workers to run. */
export function start(source) {
  addEventListener("error", (event) => fail(event.message));
  addEventListener("unhandledrejection", (event) => fail(event.reason));
  verdicts.unchecked("Not checked yet.");
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = made(url);
  worker.onmessage = ({ data }) => receive(worker, data);
  for (const block of document.querySelectorAll("script.evidence")) worker.postMessage({ type: "chunk", text: block.textContent });
  const others = JSON.parse(byId("others-listed").textContent);
  const channels = calculators(url);
  worker.postMessage({ type: "examine", others: others.files, documents: others.documents, ports: channels }, channels);
  outside.listen((brought) => worker.postMessage({ type: "outsider", ...brought }));
  drop.listen((id, file) => worker.postMessage({ type: "dropped", id, file }));
  byId("print").addEventListener("click", () => print());
  document.addEventListener("click", (event) => follow(event));
}

function made(url) {
  const worker = new Worker(url);
  worker.onerror = (event) => fail(event.message);
  worker.onmessageerror = () => fail("a message could not be read");
  return worker;
}

function calculators(url) {
  const count = Math.max(1, Math.min(CALCULATORS, navigator.hardwareConcurrency || 1));
  return Array.from({ length: count }, () => {
    const { port1, port2 } = new MessageChannel();
    made(url).postMessage({ type: "calculate", port: port1 }, [port1]);
    return port2;
  });
}

function receive(worker, data) {
  if (failed) return;
  if (data.type === "failed") fail(data.what);
  else if (data.type === "progress") progress(data);
  else if (data.type === "model") show(worker, data.model);
  else if (data.type === "verdicts") judged(data);
  else if (data.type === "policy") outside.told(data);
  else if (data.type === "sheet" && data.sheet) sheets.fill(data.sheet);
  else if (data.type === "dropped") drop.show(data);
  else if (data.type === "hashing") drop.progress(data);
}

function progress({ done, total }) {
  byId("progress").max = total;
  byId("progress").value = done;
  byId("progress-text").textContent = `Checking signatures and index proofs: ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
}

function show(worker, model) {
  cover.show(model);
  exceptions.show(model);
  timeline.show(model.rows);
  matrix.show(model.rows);
  table = new Table(model.rows, (rows) => sheets.show(rows, (seq) => worker.postMessage({ type: "sheet", seq })));
  for (const part of document.querySelectorAll("[data-filled]")) part.hidden = false;
}

function judged(data) {
  verdicts.show(data);
  outside.believed(data);
  byId("progress-area").hidden = true;
  if (data.took !== null) {
    document.body.dataset.took = data.took;
    byId("took").textContent = `Checked in this browser in ${(data.took / 1000).toFixed(1)} s.`;
  }
  announce(byId("verdict-summary").textContent);
}

/** A link to the sheet of a transmittal that is on another page of the accounting. */
function follow(event) {
  const link = event.target.closest?.("a[href^='#sheet-']");
  if (!link || !table) return;
  const seq = Number(link.getAttribute("href").slice(7));
  if (!byId(`sheet-${seq}`)) table.reveal(seq);
  const sheet = byId(`sheet-${seq}`);
  if (!sheet) return;
  event.preventDefault();
  sheet.setAttribute("tabindex", "-1");
  sheet.focus();
  sheet.scrollIntoView();
}
