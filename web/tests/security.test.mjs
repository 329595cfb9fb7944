// What information governance sees, with the numbers of what the test did; an emergency, and a
// policy by two people.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { enrolPassword, findPeople, signedIn, typeSignIn } from "./support/people.mjs";
import { account, start } from "./support/ward.mjs";

const PROOF_MS = 60_000;
const FAILED = 3;

let ward, browser, ivy, ada;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  ivy = await signedIn(browser, ward, account(ward, "information-governance"));
  ada = await signedIn(browser, ward, account(ward, "administrator"));
});
after(async () => {
  await browser?.close();
  await ward?.stop();
});

/** A figure of the security page. */
async function figure(page, what) {
  await page.goto(`${ward.url}/security`);
  const link = page.getByRole("link", { name: what });
  return Number.parseInt(await link.innerText(), 10);
}

/** Goes to a link by the keyboard alone. */
async function tabTo(page, name) {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate(() => document.activeElement?.textContent ?? "");
    if (text.includes(name)) {
      return;
    }
  }
  assert.fail(`no ${name} within 60 tabs`);
}

test("sign-ins that fail are counted, and shown as a picture and as a table", async () => {
  const { page } = ivy;
  const before = await figure(page, "failed sign-ins in 24 hours");
  const weak = await figure(page, "people without a passkey");
  const context = await browser.newContext();
  const carer = account(ward, "carer");
  const stranger = await context.newPage();
  await enrolPassword(stranger, carer);
  for (let attempt = 0; attempt < FAILED; attempt += 1) {
    const name = attempt === 0 ? "nobody@WRD01" : carer.name;
    await typeSignIn(stranger, ward, { name, password: "not it at all", code: "000000" });
    await stranger.getByRole("alert").first().waitFor();
  }
  await context.close();
  assert.equal(await figure(page, "failed sign-ins in 24 hours"), before + FAILED);
  assert.equal(await figure(page, "people without a passkey"), weak, "a password is no passkey");
  await look(page, "security");

  await page.goto(`${ward.url}/security`);
  await tabTo(page, "failed sign-ins");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `${before + FAILED} in the last 24 hours` }).waitFor();
  const picture = page.getByRole("img", { name: "Failed sign-ins in the last 24 hours" });
  assert.ok((await picture.locator("rect").count()) >= 2, "two kinds are two bars");
  const newest = page.getByRole("row").nth(1).getByRole("cell").last();
  assert.match(await newest.innerText(), new RegExp(`${before + FAILED}$`));
  await look(page, "security-sign-ins");
  await page.getByRole("link", { name: "30 days" }).click();
  await page.getByRole("heading", { name: `${before + FAILED} in the last 30 days` }).waitFor();
  await look(page, "security-sign-ins-month");
});

test("accounts are narrowed down by addresses that can be kept", async () => {
  const { page } = ivy;
  await page.goto(`${ward.url}/security/accounts`);
  const all = Number.parseInt(await page.locator("#people").innerText(), 10);
  assert.equal(await page.locator("tbody tr").count(), all);
  await page.getByRole("link", { name: "No passkey" }).click();
  await page.getByRole("link", { name: "Carer", exact: true }).click();
  const kept = new URL(page.url()).search;
  assert.equal(kept, "?factor=weak&role=carer");
  const shown = await page.locator("tbody tr").count();
  assert.ok(shown > 0 && shown < all);
  assert.equal(await page.locator("tbody").getByText("No passkey").count(), shown);
  await look(page, "security-accounts");
  await page.reload();
  assert.equal(await page.locator("tbody tr").count(), shown);
  await page.goto(`${ward.url}/security/clients`);
  await page.getByText("Demo service").waitFor();
  await look(page, "security-clients");
});

test("a record is opened in an emergency, and somebody looks at the reason", async () => {
  const { page, context } = await signedIn(browser, ward, account(ward, "clinician"));
  const people = await findPeople(page, ward);
  const stranger = people.find(({ isOwn }) => !isOwn);
  await page.goto(`${ward.url}/patients/${stranger.id}`);
  assert.equal(await page.getByRole("link", { name: /^Problems/ }).count(), 0);
  await page.getByRole("link", { name: "Open this record in an emergency" }).click();
  await page.getByRole("button", { name: "Open the record" }).click();
  await page.getByRole("alert").getByText("say why").waitFor();
  await look(page, "emergency");
  await page.getByLabel("Why it can’t wait").fill("Unconscious on arrival, no care team yet");
  await page.getByRole("button", { name: "Open the record" }).click();
  await page.getByText("you opened it in an emergency").waitFor();
  await page.getByRole("link", { name: /^Problems/ }).waitFor();
  await context.close();

  assert.equal(await figure(ivy.page, "emergencies to look at"), 1);
  await ivy.page.getByRole("link", { name: "emergencies to look at" }).click();
  await ivy.page.getByText("Unconscious on arrival").waitFor();
  const family = stranger.name.split(",")[0];
  assert.equal(await ivy.page.getByText(family).count(), 0, "the patient is behind a link");
  await look(ivy.page, "security-emergency");
  await ivy.page.getByLabel("What you found").fill("Seen among the arrivals");
  await ivy.page.getByRole("button", { name: "In order", exact: true }).click();
  await ivy.page.getByText("Nothing waits").waitFor();
  await look(ivy.page, "security-emergency-reviewed");
  assert.equal(await figure(ivy.page, "emergencies to look at"), 0);
  await ivy.page.goto(`${ward.url}/patients/${stranger.id}/who-looked`);
  await ivy.page.getByText("Opened the record in an emergency").first().waitFor();
});

/** Writes a policy, and loads its page until the solver has answered. */
async function write(page, text) {
  await page.goto(`${ward.url}/policies`);
  await page.getByRole("button", { name: "Write a policy" }).click();
  await page.getByLabel("Policy, in Cedar").fill(text);
  await page.getByRole("button", { name: "Keep it as a draft, and prove it" }).click();
  await page.getByRole("heading", { name: "Proof" }).waitFor();
  const end = Date.now() + PROOF_MS;
  while ((await page.getByText("It is being proved").count()) > 0 && Date.now() < end) {
    await page.waitForTimeout(200);
    await page.reload();
  }
}

test("a policy is written by one, proved, and put in force by another", async () => {
  await write(ada.page, '@id("shut") forbid (principal, action, resource);');
  await ada.page.getByText("could not do `manage-policy`").first().waitFor();
  await look(ada.page, "policy-broken");
  await write(
    ada.page,
    '@id("nothing-is-deleted")\nforbid (principal, action == Action::"delete", resource);',
  );
  await ada.page.getByText("Proved: all").waitFor();
  await look(ada.page, "policy-draft");
  assert.equal(await ada.page.getByRole("button", { name: "Put it in force" }).count(), 0);
  await ivy.page.goto(ada.page.url());
  await ivy.page.getByRole("button", { name: "Put it in force" }).click();
  await ivy.page.getByText("In force", { exact: true }).waitFor();
  await look(ivy.page, "policy-in-force");
  await ivy.page.goto(`${ward.url}/policies`);
  await look(ivy.page, "policies");
  await ivy.page.goto(`${ward.url}/security`);
  await ivy.page.getByText("is in force beside the platform’s").waitFor();
});
