import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { signedIn, signInWithPasskey } from "./support/people.mjs";
import { account, start } from "./support/ward.mjs";

let ward, browser, staff;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  staff = await signedIn(browser, ward, account(ward, "clinician"));
});
after(async () => {
  await browser?.close();
  await ward?.stop();
});

const MINUTE = 60_000;

/** The search page, with something typed, and a clock that the test turns. */
async function draft(page) {
  await page.clock.install();
  await page.goto(`${ward.url}/patients`);
  await page.getByLabel("NHS number or name").fill("half a na");
}

test("two minutes before the end a dialog asks, and staying keeps what was typed", async () => {
  const page = await staff.context.newPage();
  await draft(page);
  const dialog = page.getByRole("dialog", { name: "Are you still there?" });
  await page.clock.runFor(12.9 * MINUTE);
  assert.equal(await dialog.count(), 0);
  await page.clock.runFor(0.2 * MINUTE);
  await dialog.waitFor();
  await dialog.getByText("2 minutes", { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), "Stay signed in");
  await look(page, "session-ending");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await page.getByLabel("NHS number or name").inputValue(), "half a na");
  await page.clock.runFor(12 * MINUTE);
  assert.equal(await dialog.count(), 0);
  await page.close();
});

test("at the end the page is covered; signing in again in a new tab brings it back", async () => {
  const page = await staff.context.newPage();
  await draft(page);
  await page.clock.runFor(15.1 * MINUTE);
  const ended = page.getByRole("dialog", { name: "You have been signed out" });
  await ended.waitFor();
  await page.keyboard.press("Escape");
  await ended.waitFor();
  await look(page, "session-ended");

  // The passkey is of the first page; that page stands for the new tab.
  await signInWithPasskey(staff.page, ward);
  await ended.waitFor({ state: "hidden" });
  const box = page.getByLabel("NHS number or name");
  assert.equal(await box.inputValue(), "half a na");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.locator("#found").waitFor();
  await page.close();
});

test("a session that is ended elsewhere covers its pages at once, and says why", async () => {
  const page = await staff.context.newPage();
  await page.goto(`${ward.url}/patients`);
  await page.getByLabel("NHS number or name").fill("half a na");
  // No tab says it to another: only the server knows.
  await page.evaluate(async () => {
    const form = document.querySelector("[data-session-stay]");
    const body = new URLSearchParams(new FormData(form));
    await fetch("/sign-out-everywhere", { method: "POST", body, redirect: "manual" });
  });
  const ended = page.getByRole("dialog", { name: "You have been signed out" });
  await ended.waitFor({ timeout: 10_000 });
  await ended.getByText("Your session was ended elsewhere").waitFor();
  assert.equal(await ended.getByText("You did not use Ward").isVisible(), false);
  await signInWithPasskey(staff.page, ward);
  await ended.waitFor({ state: "hidden" });
  await page.close();
});

test("signing out in one tab covers the others, and staying is then refused", async () => {
  const page = await staff.context.newPage();
  await page.goto(`${ward.url}/patients`);
  const other = await staff.context.newPage();
  await other.goto(ward.url);
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.getByRole("heading", { name: "You have signed out" }).waitFor();
  await page.getByRole("dialog", { name: "You have been signed out" }).waitFor();
  const status = await page.evaluate(async () => {
    const form = document.querySelector("[data-session-stay]");
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    return response.status;
  });
  assert.equal(status, 401);
});
