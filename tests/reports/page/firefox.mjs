// Opens a page in Firefox without a window: `node firefox.mjs <puppeteer> <firefox> <url> <policy>` prints the verdicts
// before and after the policy is given, and what went wrong in the page.

import { pathToFileURL } from "node:url";

const [, , PUPPETEER, FIREFOX, URL_, POLICY] = process.argv;
const { default: puppeteer } = await import(pathToFileURL(PUPPETEER));
const browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true, protocolTimeout: 60000 });
const wrong = [];
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => wrong.push(String(error)));
  await page.goto(URL_);
  await page.waitForSelector("body[data-took], body[data-state=failed]", { timeout: 60000 });
  const shown = () => page.$$eval(".verdict", (all) => Object.fromEntries(all.map((one) => [one.dataset.verdict, one.dataset.state])));
  const before = await shown();
  await page.$eval("#policy", (field, text) => { field.value = text; }, POLICY);
  await page.$eval("#verdicts", (node) => node.replaceChildren());
  await page.$eval("#outside", (form) => form.requestSubmit());
  await page.waitForSelector(".verdict", { timeout: 60000 });
  const after = await shown();
  const rows = await page.$$eval("#accounting-body tr", (all) => all.length);
  process.stdout.write(JSON.stringify({ before, after, rows, wrong }));
} finally {
  await browser.close();
}
