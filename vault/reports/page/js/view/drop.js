// Dropping documents on the page, or picking them: which item each one is, or that it is none.

import { announce, byId, el, inert, put, valueOf } from "./dom.js";
import { bytes } from "./words.js";

let next = 0;

/** Listen for files; `send(id, file)` hands one to the worker. */
export function listen(send) {
  const take = (files) => {
    for (const file of files) {
      const id = ++next;
      byId("dropped").prepend(el("li", { id: `dropped-${id}` }, inert(file.name, 160), ": reading…"));
      send(id, file);
    }
  };
  byId("pick").addEventListener("change", (event) => take(event.target.files));
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
  document.addEventListener("dragover", () => document.body.classList.add("dragging"));
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? document.body.classList.remove("dragging"));
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("dragging");
    take(event.dataTransfer.files);
  });
}

/** How far a large file has been read. */
export function progress({ id, done, size }) {
  const node = byId(`dropped-${id}`);
  if (node) node.lastChild.textContent = `: ${Math.floor((100 * done) / size)} % of ${bytes(size)}`;
}

/** What a file is. */
export function show(one) {
  const node = byId(`dropped-${one.id}`);
  if (!node) return;
  const name = inert(one.name, 160);
  const said = saidOf(one);
  node.className = said.class;
  put(node, el("strong", {}, name), `, ${bytes(one.size)}: `, said.text, el("div", { class: "hash" }, one.digest));
  announce(node.textContent);
}

function saidOf(one) {
  if (one.seal) {
    const left = one.seal.length ? `; now drop ${one.seal.join(" and ")}` : "; the verdicts above take them into account";
    return { class: "", text: `part of the seal${left}.` };
  }
  if (one.items.length) {
    return { class: "is-item", text: ["this is ", one.items.map((item, at) => [at ? "; " : "", `${item.isSealed ? "the sealed form of " : ""}item ${item.item} of `,
      el("a", { href: `#sheet-${item.seq}`, "data-seq": item.seq }, item.number === null ? `entry ${item.seq}` : `T-${String(item.number).padStart(6, "0")}`), item.name === undefined ? "" : [", there named ", valueOf(item.name, 120)]]), "."] };
  }
  if (one.listed) return { class: "is-item", text: ["this is ", inert(one.listed), " of the sealed bundle, and no item of a transmittal shown."] };
  return { class: "is-none", text: "this is no item of any transmittal whose hash is shown here." };
}
