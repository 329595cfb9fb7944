// Each page, as a program for accessibility, a keyboard, a narrow screen and a camera see it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { enrolPassword, findPeople, signedIn } from "./support/people.mjs";
import { account, start } from "./support/ward.mjs";

let ward, browser, staff, own;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  staff = await signedIn(browser, ward, account(ward, "clinician"));
  own = await fullest(staff.page);
});
after(async () => {
  await browser?.close();
  await ward?.stop();
});

/** Somebody in this clinician's care whose record has most to show. */
async function fullest(page) {
  let found = { parts: -1 };
  for (const person of (await findPeople(page, ward)).filter(({ isOwn }) => isOwn)) {
    await page.goto(`${ward.url}/patients/${person.id}`);
    const parts = await page.locator("table, .ward-allergies--some").count();
    found = parts > found.parts ? { ...person, parts } : found;
  }
  return found;
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
  await page.getByLabel("Day").fill("31");
  await page.getByLabel("Month").fill("6");
  await page.getByLabel("Year").fill("1952");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.getByRole("link", { name: "There is no such day" }).waitFor();
  assert.equal(await page.getByLabel("Day").inputValue(), "31");
  await look(page, "found-problem");
  await page.getByLabel("Day").fill("");
  await page.getByLabel("Month").fill("");
  await page.getByLabel("Year").fill("1895");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.getByRole("heading", { name: "Nobody found" }).waitFor();
  await look(page, "nobody-found");
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
