// Accounts as those see them who keep them, and a recovery by three people as far as its hour.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { signedIn } from "./support/people.mjs";
import { account, start } from "./support/ward.mjs";

let ward, browser;
before(async () => {
  ward = await start();
  browser = await launch(ward);
});
after(async () => {
  await browser?.close();
  await ward?.stop();
});

async function open(page, name) {
  await page.goto(ward.url);
  await page.getByRole("link", { name: "Accounts" }).click();
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

test("two people and the person themself have a say in a recovery", async () => {
  const lost = account(ward, "carer");
  const person = await signedIn(browser, ward, lost);
  const header = person.page.locator(".nhsuk-header__account-link");
  const name = await header.evaluate((link) => link.firstChild.textContent.trim());
  const first = await signedIn(browser, ward, account(ward, "administrator"));
  const second = await signedIn(browser, ward, account(ward, "information-governance"));

  await first.page.goto(`${ward.url}/accounts`);
  await look(first.page, "accounts");
  await open(first.page, name);
  await look(first.page, "accounts-one");
  await first.page.getByLabel("What you saw").fill("Staff card seen, face to face");
  await first.page.getByRole("button", { name: "Open a recovery" }).click();
  await first.page.getByText("Somebody else must approve it").waitFor();
  assert.equal(await first.page.getByRole("button", { name: "Approve it" }).count(), 0);
  await look(first.page, "accounts-recovery");

  await open(second.page, name);
  await second.page.getByText("Staff card seen, face to face").waitFor();
  await second.page.getByRole("button", { name: "Approve it" }).click();
  await second.page.getByText("It can be stopped until").waitFor();
  await first.page.reload();
  assert.equal(await first.page.getByRole("button", { name: "Show the link" }).count(), 0);

  await person.page.goto(ward.url);
  await person.page.getByText("asked to recover your account").waitFor();
  await look(person.page, "recovery-told");
  await person.page.getByRole("button", { name: "Stop it" }).click();
  await person.page.getByRole("heading", { name: "Your account" }).waitFor();
  assert.equal(await person.page.getByText("asked to recover your account").count(), 0);
  await first.page.reload();
  await first.page.getByRole("button", { name: "Open a recovery" }).waitFor();

  // Shut out, and let in again.
  await first.page.getByRole("button", { name: "Suspend the account" }).click();
  await first.page.getByText("Suspended", { exact: true }).waitFor();
  await look(first.page, "accounts-suspended");
  await person.page.goto(ward.url);
  assert.equal(new URL(person.page.url()).pathname, "/sign-in");
  await first.page.getByRole("button", { name: "Let the account in" }).click();
  await first.page.getByText("Can sign in", { exact: true }).waitFor();
  await person.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await person.page.getByRole("heading", { name: /^Good / }).waitFor();
  for (const { context } of [person, first, second]) {
    await context.close();
  }
});
