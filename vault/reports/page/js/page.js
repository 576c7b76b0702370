// One program, twice: in the page it shows, in the workers that the page starts from its own text it checks.

import { start } from "./main.js";
import { run } from "./worker.js";

if (typeof document === "undefined") run(self);
else start(document.currentScript.textContent);
