// Elements, and foreign text made inert: text nodes alone, isolated, with nothing invisible in it.

const SVG = "http://www.w3.org/2000/svg";
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/u;
const EACH = /([\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029])/u;
const HAN = /\p{Script=Han}/u;
export const FOLD = 300; // characters; what is longer is folded

/** An element: attributes, `on…` listeners, children (elements, strings, arrays; null is left out). */
export function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for drawings. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** Foreign text: isolated from the text around it, each control or invisible character shown by its number. */
export function inert(value, fold = FOLD) {
  const text = String(value);
  if (text.length <= fold) return isolated(text);
  return el("details", { class: "long" },
    el("summary", {}, isolated(`${text.slice(0, 120)}…`), el("span", { class: "note" }, ` ${text.length.toLocaleString("en")} characters`)),
    isolated(text));
}

function isolated(text) {
  const node = el("bdi", { lang: HAN.test(text) ? "zh" : null });
  if (!HIDDEN.test(text)) {
    node.append(text);
    return node;
  }
  for (const part of text.split(EACH)) {
    if (!HIDDEN.test(part)) node.append(part);
    else if (isJoiner(part, text)) node.append(part);
    else node.append(el("span", { class: "hidden-character" }, `U+${part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`), part === "\n" ? el("br") : "");
  }
  return node;
}

/** The two joiners that Persian and Indic names are spelled with pass where there is such a script. */
function isJoiner(part, text) {
  return (part === "\u200c" || part === "\u200d") && /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}]/u.test(text);
}

/** A value of a record: shown, withheld (null), or not there (undefined). */
export function valueOf(value, fold = FOLD) {
  if (value === undefined) return el("span", { class: "none" }, "—");
  if (value === null) return el("span", { class: "withheld" }, "withheld");
  if (value === "not stated") return el("span", { class: "unstated" }, "not stated");
  return inert(value, fold);
}

/** Put these children in place of what the element holds. */
export function put(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
}

/** Say something to who reads by ear. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

export const byId = (id) => document.getElementById(id);
