// One's own account: passkeys added, renamed and removed; an interruption that keeps what was typed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { giveAuthenticator, launch } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { enrolPassword, signedIn, typeSignIn } from "./support/people.mjs";
import { code } from "./support/totp.mjs";
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

const heading = (page, name) => page.getByRole("heading", { level: 1, name });

/** Adds a passkey on the page that asks for one, and comes back to the account. */
async function addPasskey(page, name) {
  await page.getByLabel("What to call it").fill(name);
  await page.getByRole("button", { name: "Create a passkey" }).click();
  await heading(page, "Your account").waitFor();
}

test("a passkey is added, renamed and removed, and its person is told", async () => {
  const { context, page, device } = await signedIn(browser, ward, account(ward, "clinician"));
  await page.goto(`${ward.url}/account`);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await heading(page, "Add a passkey").waitFor();
  await look(page, "account-add-passkey");
  // A device holds one passkey of an account: the other is on another.
  const [first] = await device.credentials();
  await device.remove();
  const other = await giveAuthenticator(page);
  await addPasskey(page, "Work phone");
  await page.getByText("“Work phone”, was added").first().waitFor();
  await look(page, "account-told");
  await page.getByRole("button", { name: "I have seen this" }).click();
  await page.getByRole("button", { name: "I have seen this" }).waitFor({ state: "detached" });
  await look(page, "account");

  await page.getByRole("link", { name: /^Work phone/ }).click();
  await heading(page, "Work phone").waitFor();
  await look(page, "account-passkey");
  await page.getByLabel("What to call it").fill("Drawer");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("link", { name: /^Drawer/ }).click();
  await page.getByRole("button", { name: "Remove this passkey" }).click();
  await page.getByText("“Drawer”, was removed").first().waitFor();
  assert.equal(await page.getByRole("link", { name: /^Drawer/ }).count(), 0);
  await page.getByRole("link", { name: /^First passkey/ }).click();
  await page.getByText("This is your only way to sign in").waitFor();

  // The removed one signs in no more; the first does.
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(`${ward.url}/sign-in`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("alert").filter({ hasText: /not accepted/ }).waitFor();
  await other.remove();
  await (await giveAuthenticator(page)).take(first);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("heading", { name: /^Good / }).waitFor();
  await context.close();
});

test("an interruption asks for a passkey, and goes on with what was typed", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const administrator = account(ward, "administrator");
  const key = await enrolPassword(page, administrator);
  await typeSignIn(page, ward, { name: administrator.name, code: code(key, 0) });
  await page.getByRole("heading", { name: /^Good / }).waitFor();
  // With a password alone there is no way to what could undo the locks.
  await page.goto(`${ward.url}/accounts/add`);
  await heading(page, "Prove it is you to go on").waitFor();
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await giveAuthenticator(page);
  await addPasskey(page, "Key");

  // The session was begun with a password: a change of factors wants the passkey now.
  await page.getByRole("link", { name: /^Key/ }).click();
  await page.getByLabel("What to call it").fill("Desk key");
  await page.getByRole("button", { name: "Rename" }).click();
  await heading(page, "Prove it is you to go on").waitFor();
  assert.doesNotMatch(page.url(), /Desk/);
  await look(page, "step-up");
  const before = (await context.cookies()).find(({ name }) => name === "__Host-ward").value;
  await page.getByRole("button", { name: "Use your passkey" }).click();
  await heading(page, "Your account").waitFor();
  await page.getByRole("link", { name: /^Desk key/ }).waitFor();
  const now = (await context.cookies()).find(({ name }) => name === "__Host-ward").value;
  assert.notEqual(now, before, "the session has another token");

  await page.getByRole("button", { name: "Remove them, and sign in with a passkey alone" }).click();
  await page.getByText("The password and authenticator app were removed").first().waitFor();
  await page.goto(`${ward.url}/accounts/add`);
  await heading(page, "Add an account").waitFor();
  await look(page, "accounts-add");
  await page.getByLabel("Name", { exact: true }).fill("Asha Patel");
  await page.getByLabel("Sign-in name").fill("asha.new");
  await page.getByRole("button", { name: "Add the account" }).click();
  await page.locator("#role-error").waitFor();
  await look(page, "accounts-add-wrong");
  await page.getByLabel("Carer").check();
  await page.getByRole("button", { name: "Add the account" }).click();
  await heading(page, "A link for Asha Patel").waitFor();
  await look(page, "accounts-link");
  const link = await page.locator("#link").textContent();
  const newcomer = await browser.newContext();
  const opened = await newcomer.newPage();
  await opened.goto(link);
  await heading(opened, "Set up how you sign in").waitFor();
  await newcomer.close();
  await context.close();
});

test("a password and its app are changed together, without JavaScript", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const carer = account(ward, "carer");
  const key = await enrolPassword(page, carer);
  await typeSignIn(page, ward, { name: carer.name, code: code(key, 0) });
  await page.goto(`${ward.url}/account`);
  await page.getByRole("button", { name: "Change them" }).click();
  const newKey = await page.locator(".ward-key").textContent();
  assert.notEqual(newKey, key);
  await page.getByLabel("Password", { exact: true }).fill("eleven green umbrellas");
  await page.getByLabel("Code", { exact: true }).fill(code(newKey));
  await page.getByRole("button", { name: "Finish" }).click();
  await page.getByText("password and authenticator app were changed").first().waitFor();
  await context.close();
});
