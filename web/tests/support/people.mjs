// What a member of staff does, by the names that pages show and screen readers say.

import assert from "node:assert/strict";
import { giveAuthenticator } from "./browser.mjs";
import { code } from "./totp.mjs";

export const PASSWORD = "tractor umbrella seven";

/** Opens an enrolment link and makes a passkey; gives back the device that holds it. */
export async function enrolPasskey(page, account) {
  const device = await giveAuthenticator(page);
  await page.goto(account.enrol_url);
  await page.getByRole("button", { name: "Create a passkey" }).click();
  await page.getByRole("heading", { name: "You are set up" }).waitFor();
  return device;
}

export async function signInWithPasskey(page, ward) {
  await page.goto(`${ward.url}/sign-in`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("heading", { name: /^Good / }).waitFor();
}

/** A page of a signed-in account, in a browser of its own, and the device with its passkey. */
export async function signedIn(browser, ward, account) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const device = await enrolPasskey(page, account);
  await signInWithPasskey(page, ward);
  return { context, page, device };
}

/** Sets a password and an authenticator app up; gives back the app's key. */
export async function enrolPassword(page, account) {
  await page.goto(account.enrol_url);
  await page.getByRole("button", { name: "Use a password and a code" }).click();
  const key = await page.locator(".ward-key").textContent();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Code", { exact: true }).fill(code(key, -1));
  await page.getByRole("button", { name: "Finish" }).click();
  await page.getByRole("heading", { name: "You are set up" }).waitFor();
  return key;
}

export async function typeSignIn(page, ward, { name, password = PASSWORD, code }) {
  await page.goto(`${ward.url}/sign-in`);
  await page.getByLabel("Sign-in name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export async function search(page, ward, text) {
  await page.goto(`${ward.url}/patients`);
  await page.getByLabel("NHS number or name").fill(text);
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.locator("#found").waitFor();
}

/** Who is found by any two letters, with whether they are the reader's own. */
export async function findPeople(page, ward) {
  const found = new Map();
  for (const letters of ["sm", "jo", "wi", "ma", "ch", "an", "ha", "br", "ro", "th", "pa", "ka"]) {
    await search(page, ward, letters);
    for (const row of await page.locator("tbody tr").all()) {
      const link = row.getByRole("link");
      const id = (await link.getAttribute("href")).split("/").pop();
      found.set(id, {
        id,
        name: (await link.innerText()).replace(/\s*:\s*open the record$/, ""),
        isOwn: (await row.getByText("Your patient").count()) > 0,
      });
    }
  }
  assert.ok(found.size > 0, "the demo's people are found");
  return [...found.values()];
}
