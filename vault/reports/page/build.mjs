// Bundles the page's program into one file, vault/reports/page/built.js, and the licences of what is in it beside it.
// Run by `make page`, or with a folder to write to; the same sources and pins give the same bytes.

import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUNDLED = ["@noble/curves", "@noble/hashes", "@noble/post-quantum"];

const result = await build({
  absWorkingDir: HERE,
  entryPoints: ["js/page.js"],
  bundle: true,
  minify: true,
  charset: "ascii",
  format: "iife",
  target: "es2022",
  legalComments: "inline",
  metafile: true,
  write: false,
});
const [{ text }] = result.outputFiles;
if (/<\/script|<!--|<script/i.test(text)) throw new Error("the program holds text that would end its element");
const found = new Set(Object.keys(result.metafile.inputs).map((name) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1]).filter(Boolean));
for (const name of found) if (!BUNDLED.includes(name)) throw new Error(`${name} is bundled: name it and its licence here`);
const licences = [...found].sort().map((name) => {
  const { version } = JSON.parse(readFileSync(join(HERE, "node_modules", name, "package.json"), "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(HERE, "node_modules", name, "LICENSE"), "utf8").trim()}\n`;
});
const target = process.argv[2] ?? HERE;
writeFileSync(join(target, "built.js"), text);
writeFileSync(join(target, "built-licences.txt"), licences.join("\n----\n\n"));
