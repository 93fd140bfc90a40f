// Looks at the page that `report` prints in Chromium: in both themes, on a desk and on a phone, with a keyboard, without
// JavaScript, on paper, and with hostile text.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const [browserPath, pictures, city, hostile, large] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = { desk: 1280, phone: 390 };
/** Those of the city. */
const DATABASES = readdirSync("fixtures/city/configs", { recursive: true }).filter((name) => name.endsWith(".yaml")).length;
const THEMES = ["light", "dark"];

mkdirSync(pictures, { recursive: true });
// Nothing of the page needs the sandbox, and root has none.
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });

/** A page with everything that goes wrong on it. */
async function open(file, options, hash = "") {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== pathToFileURL(file).href) wrong.push(`asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href + hash);
  return { page, close: async () => (await context.close(), assert.deepEqual(wrong, [], file)) };
}

/** No rule of accessibility is broken; nothing is wider than the screen. */
async function inspect(page, what) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(found, [], what);
  assert.ok(passes.length > 15, `${what}: only ${passes.length} rules were looked at`);
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(inner <= outer, `${what}: ${inner} pixels in ${outer}`);
}

let looks = 0;
for (const theme of THEMES) {
  for (const [name, width] of Object.entries(WIDTHS)) {
    for (const [view, hash] of [["overview", ""], ["unit", "#prod/ledger"], ["nothing", "#prod/none"]]) {
      const options = { colorScheme: theme, viewport: { width, height: 900 } };
      const { page, close } = await open(city, options, hash);
      await page.screenshot({ path: join(pictures, `${view}-${theme}-${name}.png`), fullPage: true });
      await inspect(page, `${view}, ${theme}, ${name}`);
      looks += 1;
      await close();
    }
  }
}

// A slip that the rules find: otherwise they may not have run.
{
  const { page, close } = await open(city, {});
  await page.evaluate(() => document.querySelector("#search").closest("label").replaceWith(document.querySelector("#search")));
  await assert.rejects(inspect(page, "a field without a label"), /label/);
  await close();
}

// Search, order, and the way to a database and back, all with the keyboard.
{
  const { page, close } = await open(city, { viewport: { width: 1280, height: 900 } });
  const names = () => page.locator("#table tbody th").allTextContents();
  const all = await names();
  assert.equal(all.length, DATABASES);
  assert.deepEqual(all, [...all].sort());
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "databases");
  await page.keyboard.press("Tab");
  await page.keyboard.type("LEDGER iam");
  assert.deepEqual(await names(), ["prod/ledger"]);
  assert.equal(await page.locator("#count").textContent(), `1 of ${DATABASES} databases`);
  await page.locator("#search").fill("agora");
  await page.locator("#environment").selectOption("prod");
  assert.ok((await names()).every((name) => name.startsWith("prod/")));
  await page.locator("#search").fill("");
  await page.locator("#environment").selectOption("");
  const storage = page.locator("th[data-key=storage]");
  const sizes = async () => (await page.locator("#table tbody td:nth-child(4)").allTextContents()).map(Number);
  await storage.locator("button").press("Enter");
  assert.equal(await storage.getAttribute("aria-sort"), "ascending");
  assert.deepEqual(await sizes(), (await sizes()).sort((one, other) => one - other));
  await storage.locator("button").press("Space");
  assert.equal(await storage.getAttribute("aria-sort"), "descending");
  assert.equal((await names())[0], "prod/ledger");
  await page.getByRole("link", { name: "prod/ledger", exact: true }).press("Enter");
  await page.locator("#unit h2").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "prod/ledger");
  assert.equal(await page.locator("#overview").isVisible(), false);
  const values = await page.locator("#unit .values tbody tr").allTextContents();
  assert.ok(values.some((row) => /^engineVersion16.*configs\/prod\/ledger\.yaml:\d+$/.test(row)), values.join("\n"));
  assert.ok(values.some((row) => /^tags\.stageproductionvalet\.yaml:\d+$/.test(row)));
  const drawn = await page.locator("#unit svg.wiring text").allTextContents();
  assert.ok(drawn.includes("ledger-prod-proxy") && drawn[0] === "Wiring of prod/ledger", drawn.join("\n"));
  await page.getByRole("link", { name: "All databases" }).press("Enter");
  await page.locator("#overview").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "prod/ledger");
  await close();
}

// Without JavaScript, and on paper.
{
  const { page, close } = await open(city, { javaScriptEnabled: false });
  assert.equal(await page.locator("#table tbody tr").count(), DATABASES);
  assert.ok(await page.locator("noscript p").isVisible());
  assert.equal(await page.locator("#controls").isVisible(), false);
  await close();
  const paper = await open(city, { colorScheme: "dark" });
  await paper.page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await paper.page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  assert.equal(await paper.page.locator("#controls").isVisible(), false);
  const pdf = await paper.page.pdf({ path: join(pictures, "overview.pdf") });
  assert.ok(pdf.length > 10_000);
  await paper.close();
}

// Text of users is text.
for (const options of [{}, { javaScriptEnabled: false }]) {
  const { page, close } = await open(hostile, options);
  const check = async () => {
    assert.equal(await page.locator("img, iframe, object, embed, svg script, b > img").count(), 0);
    if (options.javaScriptEnabled === undefined) assert.equal(await page.evaluate(() => globalThis.hit), undefined);
  };
  await check();
  assert.ok((await page.locator("#waivers").locator("..").textContent()).includes("</script><img src=x"));
  if (options.javaScriptEnabled === undefined) {
    await page.locator("#search").fill("</script>");
    assert.ok((await page.locator("#table tbody tr").count()) > 0, "a tag is found by its text");
    await page.locator("#table tbody a").first().click();
    await page.locator("#unit h2").waitFor();
    await check();
    assert.ok((await page.locator("#unit").textContent()).includes("</script><img src=x onerror"));
  }
  await close();
}

const notes = [`${looks} looks at ${statSync(city).size} bytes: no violation of axe`];
if (large !== undefined) {
  const started = performance.now();
  const { page, close } = await open(large, { viewport: { width: 1280, height: 900 } });
  await page.locator("#count").filter({ hasText: "databases" }).waitFor();
  const opened = performance.now() - started;
  const times = await page.evaluate(() => {
    const search = document.querySelector("#search");
    const time = (act) => {
      const before = performance.now();
      act();
      document.body.getBoundingClientRect();
      return performance.now() - before;
    };
    const type = (text) => () => {
      search.value = text;
      search.dispatchEvent(new Event("input"));
    };
    const times = { letter: time(type("o")), word: time(type("orders iam")), all: time(type("")) };
    times.sort = time(() => document.querySelector("th[data-key=class] button").click());
    times.page = time(() => document.querySelector("#pages button:not(:disabled)").click());
    return times;
  });
  const memory = await page.evaluate(() => performance.memory.usedJSHeapSize);
  await inspect(page, "large");
  await page.screenshot({ path: join(pictures, "large.png"), fullPage: true });
  await page.locator("#table tbody a").first().click();
  await page.locator("#unit svg.wiring").waitFor();
  await close();
  const shown = Object.entries(times).map(([name, time]) => `${name} ${time.toFixed(0)} ms`);
  notes.push(`large: ${statSync(large).size} bytes, open after ${opened.toFixed(0)} ms, ${shown.join(", ")}, heap ${(memory / 1e6).toFixed(0)} MB`);
}
await browser.close();
console.log(notes.join("; "));
