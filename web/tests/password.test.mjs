import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { PASSWORD, enrolPassword, findPeople, typeSignIn } from "./support/people.mjs";
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

const REFUSED = "The sign-in name, password or code is not right";

test("everything but a passkey works without JavaScript", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const clinician = account(ward, "clinician");
  const key = await enrolPassword(page, clinician);

  await typeSignIn(page, ward, { name: clinician.name, code: code(key, 0) });
  await page.getByRole("heading", { name: /^Good / }).waitFor();
  const own = (await findPeople(page, ward)).find((person) => person.isOwn);
  await page.goto(`${ward.url}/patients/${own.id}`);
  await page.getByRole("link", { name: "Who looked at this record" }).click();
  await page.getByText("Opened the record").first().waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "You have signed out" }).waitFor();
  await page.goto(ward.url);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await context.close();
});

test("whatever is wrong, the answer is the same, and it keeps the name alone", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const carer = account(ward, "carer");
  const key = await enrolPassword(page, carer);
  const attempts = [
    { name: carer.name, code: "000000" },
    { name: carer.name, password: "not this one at all", code: code(key, 0) },
    { name: carer.name, code: code(key, -1) },
    { name: "nobody@WRD01", code: code(key, 0) },
  ];
  const bodies = [];
  for (const attempt of attempts) {
    await typeSignIn(page, ward, attempt);
    await page.getByText(REFUSED).waitFor();
    assert.match(await page.title(), /^Error: /);
    assert.equal(await page.getByLabel("Sign-in name").inputValue(), attempt.name);
    assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
    bodies.push((await page.content()).replaceAll(attempt.name, ""));
  }
  assert.equal(new Set(bodies).size, 1);
  await typeSignIn(page, ward, { name: carer.name, code: code(key, 0) });
  await page.getByRole("heading", { name: /^Good / }).waitFor();
  await context.close();
});

test("a weak password or a wrong code is explained, and the same key goes on", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(account(ward, "receptionist").enrol_url);
  await page.getByRole("button", { name: "Use a password and a code" }).click();
  const key = await page.locator(".ward-key").textContent();
  const fill = async (password, digits) => {
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByLabel("Code", { exact: true }).fill(digits);
    await page.getByRole("button", { name: "Finish" }).click();
  };
  await fill("short", code(key));
  await page.locator("#password-error").filter({ hasText: "at least" }).waitFor();
  await fill(PASSWORD, "000000");
  await page.locator("#code-error").filter({ hasText: "not the code" }).waitFor();
  assert.equal(await page.locator(".ward-key").textContent(), key);
  await fill(PASSWORD, code(key));
  await page.getByRole("heading", { name: "You are set up" }).waitFor();
  await context.close();
});

test("guessing ends in having to wait", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    await typeSignIn(page, ward, { name: "guessed@WRD01", code: "123456" });
  }
  await page.getByRole("heading", { name: "Too many attempts" }).waitFor();
  await context.close();
});
