// Each page, as a program for accessibility, a keyboard, a narrow screen and a camera see it.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./support/browser.mjs";
import { enrolPassword, findPeople, signedIn } from "./support/people.mjs";
import { account, start } from "./support/ward.mjs";

const WEB = join(dirname(fileURLToPath(import.meta.url)), "..");
const PICTURES = join(WEB, "../target/screenshots");
const AXE = readFileSync(join(WEB, "node_modules/axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** WCAG 1.4.10: no scrolling in two directions at 320 CSS pixels. */
const NARROW = 320;

let ward, browser, staff, own;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  staff = await signedIn(browser, ward, account(ward, "clinician"));
  own = (await findPeople(staff.page, ward)).find((person) => person.isOwn);
  mkdirSync(PICTURES, { recursive: true });
});
after(async () => {
  await browser?.close();
  await ward?.stop();
});

/** Looks at the page that is shown, wide and narrow. */
async function look(page, name) {
  for (const width of [1280, NARROW]) {
    await page.setViewportSize({ width, height: 900 });
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(scrolls <= width, `${name} is ${scrolls} wide on a screen of ${width}`);
    const violations = await page.evaluate(`${AXE}; axe.run({ runOnly: ${JSON.stringify(RULES)} })
      .then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(" "))]))`);
    assert.deepEqual(violations, [], `${name} at ${width}`);
    await page.screenshot({ path: join(PICTURES, `${name}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test("pages before signing in", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const broken = [];
  page.on("console", (message) => message.type() === "error" && broken.push(message.text()));
  page.on("pageerror", (error) => broken.push(error.message));
  await page.goto(`${ward.url}/sign-in`);
  await look(page, "sign-in");
  await page.goto(`${ward.url}/accessibility`);
  await look(page, "accessibility");
  const carer = account(ward, "carer");
  await page.goto(carer.enrol_url);
  await look(page, "enrol");
  await page.getByRole("button", { name: "Use a password and a code" }).click();
  await page.locator(".ward-key").waitFor({ state: "attached" });
  await look(page, "enrol-password");
  await enrolPassword(page, carer);
  await look(page, "enrolled");
  assert.deepEqual(broken, []);
  await page.goto(`${ward.url}/nothing-here`);
  await look(page, "not-found");
  await context.close();
});

test("pages of a signed-in clinician", async () => {
  const { page } = staff;
  const broken = [];
  page.on("console", (message) => message.type() === "error" && broken.push(message.text()));
  page.on("pageerror", (error) => broken.push(error.message));
  for (const [name, path] of [
    ["home", "/"],
    ["account", "/account"],
    ["patients", "/patients"],
    ["patient", `/patients/${own.id}`],
    ["who-looked", `/patients/${own.id}/who-looked`],
  ]) {
    await page.goto(`${ward.url}${path}`);
    await look(page, name);
  }
  await page.goto(`${ward.url}/patients`);
  await page.getByLabel("NHS number or name").fill(own.name.split(",")[0]);
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.locator("#found").waitFor();
  await look(page, "found");
  assert.deepEqual(broken, []);
  await page.getByText("More options").click();
  await page.getByLabel("NHS number or name").fill("x");
  await page.getByLabel("Day").fill("31");
  await page.getByLabel("Month").fill("6");
  await page.getByLabel("Year").fill("1952");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.getByText("There is a problem").waitFor();
  await look(page, "found-problem");
});

test("a keyboard alone finds and opens a record", async () => {
  const { page } = staff;
  await page.goto(ward.url);
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Skip to main content");
  await page.keyboard.press("Enter");
  await tabTo(page, "Find a patient by NHS number or name");
  await page.keyboard.type(own.name.split(",")[0]);
  await page.keyboard.press("Enter");
  await page.locator("#found").waitFor();
  await tabTo(page, `${own.name}: open the record`);
  await page.keyboard.press("Enter");
  await page.getByText("You can see this because").waitFor();
  // What has the focus is never under the banner that stays on screen (WCAG 2.4.11).
  for (let press = 0; press < 25; press += 1) {
    await page.keyboard.press("Tab");
    const hidden = await page.evaluate(() => {
      const target = document.activeElement.getBoundingClientRect();
      const banner = document.querySelector(".ward-banner").getBoundingClientRect();
      const isInBanner = document.querySelector(".ward-banner").contains(document.activeElement);
      return !isInBanner && target.height > 0 && target.top >= 0 && target.bottom <= banner.bottom && banner.top === 0;
    });
    assert.equal(hidden, false, await focused(page));
  }
});

async function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label");
    return (label ?? element.textContent).trim().replace(/\s+/g, " ");
  });
}

async function tabTo(page, name) {
  for (let press = 0; press < 60; press += 1) {
    if ((await focused(page)) === name) {
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`no Tab leads to ${name}`);
}
