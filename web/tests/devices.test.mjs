// A kiosk: paired by a code and four words, alive with a key that nobody can copy, and unpaired.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { signedIn } from "./support/people.mjs";
import { account, start } from "./support/ward.mjs";

let ward, browser, staff;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  staff = (await signedIn(browser, ward, account(ward, "administrator"))).page;
});
after(async () => {
  await browser?.close();
  await ward?.stop();
});

/** Begins a pairing; gives its code. */
async function begin(name) {
  await staff.goto(`${ward.url}/devices`);
  await staff.getByLabel("What to call it").fill(name);
  await staff.getByRole("button", { name: "Show a code" }).click();
  await staff.getByRole("heading", { level: 1, name: `Pair “${name}”` }).waitFor();
  return staff.locator("#code").textContent();
}

async function type(kiosk, code) {
  await kiosk.goto(`${ward.url}/pair`);
  await kiosk.getByLabel("Code").fill(code);
  await kiosk.getByRole("button", { name: "Pair this device" }).click();
}

const newKiosk = async () => (await browser.newContext()).newPage();

/** All that a thief of the browser's storage finds: what of it can be copied. */
const stored = (page) =>
  page.evaluate(async () => {
    const opening = indexedDB.open("ward-device", 1);
    await new Promise((done) => (opening.onsuccess = done));
    const asked = opening.result.transaction("kept").objectStore("kept").get("keys");
    await new Promise((done) => (asked.onsuccess = done));
    const { privateKey } = asked.result;
    const copied = await crypto.subtle.exportKey("jwk", privateKey).catch((error) => error.name);
    return { extractable: privateKey.extractable, copied };
  });

test("a kiosk is paired, lives, and is unpaired at once", async () => {
  await staff.goto(`${ward.url}/devices`);
  await look(staff, "devices-none");
  const code = await begin("Front door");
  await look(staff, "devices-code");
  const kiosk = await newKiosk();
  await kiosk.goto(`${ward.url}/pair`);
  await kiosk.getByLabel("Code").waitFor();
  await look(kiosk, "device-code");
  await type(kiosk, code.toLowerCase());
  const words = kiosk.locator("[data-device-words]");
  await words.filter({ hasText: /\w+ \w+ \w+ \w+/ }).waitFor();
  await look(kiosk, "device-words");
  await staff.getByText(await words.textContent(), { exact: true }).waitFor();
  await look(staff, "devices-words");
  assert.deepEqual(await stored(kiosk), { extractable: false, copied: "InvalidAccessError" });
  await staff.getByRole("button", { name: /^Yes, the same words/ }).click();
  await staff.getByText("Kiosk paired").waitFor();
  await kiosk.getByText("This device is paired: Front door").waitFor();
  await look(kiosk, "device-paired");
  // It goes on by itself when its browser starts again.
  await kiosk.reload();
  await kiosk.getByText("This device is paired: Front door").waitFor();
  await kiosk.goto(ward.url);
  await kiosk.getByRole("heading", { level: 1, name: "Sign in to Ward" }).waitFor();
  await kiosk.goto(`${ward.url}/pair`);
  await kiosk.getByText("This device is paired: Front door").waitFor();

  await staff.goto(`${ward.url}/devices`);
  await staff.getByText(/Last used: \d/).waitFor();
  await look(staff, "devices");
  await staff.getByRole("button", { name: "Unpair Front door" }).click();
  await staff.getByText("Unpaired.").waitFor();
  await kiosk.getByText("not paired, or no longer").waitFor();
  await kiosk.reload();
  await kiosk.getByLabel("Code").waitFor();
  await kiosk.context().close();
});

test("a code that somebody else typed first is seen, and pairs nothing", async () => {
  const code = await begin("Waiting room");
  const [thief, kiosk] = [await newKiosk(), await newKiosk()];
  await type(thief, code);
  await thief.locator("[data-device-words]").filter({ hasText: /\w/ }).waitFor();
  await type(kiosk, code);
  await kiosk.getByText("was used, or is too old").waitFor();
  await staff.getByRole("button", { name: /^No: end this pairing/ }).click();
  await staff.getByRole("heading", { level: 1, name: "Devices" }).waitFor();
  await thief.getByText("not paired, or no longer").waitFor();
  assert.equal(await staff.getByText("Waiting room").count(), 0);
  await thief.context().close();
  await kiosk.context().close();
});
