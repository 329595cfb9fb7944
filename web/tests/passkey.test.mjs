import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { giveAuthenticator, launch } from "./support/browser.mjs";
import { enrolPasskey, findPeople, search, signedIn, signInWithPasskey } from "./support/people.mjs";
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

test("a clinician makes a passkey, finds a patient, reads, and sees that it was written down", async () => {
  const clinician = account(ward, "clinician");
  const { context, page } = await signedIn(browser, ward, clinician);
  const own = (await findPeople(page, ward)).find((person) => person.isOwn);
  assert.ok(own, "somebody found is in this clinician's care");

  await search(page, ward, own.name.split(",")[0]);
  await page.getByRole("link", { name: own.name }).first().click();
  await page.getByRole("heading", { level: 1, name: own.name.split(",")[0] }).waitFor();
  assert.match(await page.title(), /^Patient [A-Z]\.([A-Z]\.)? – Ward$/);
  for (const part of ["Allergies", "Problems", "Medicines", "Results", "Encounters", "Documents", "Care team"]) {
    await page.getByRole("heading", { name: part, exact: true }).waitFor();
  }
  await page.getByText("You can see this because").waitFor();

  // Back to who was found, with nothing of it in the address, and forward again.
  await page.goBack();
  await page.locator("#found").waitFor();
  assert.doesNotMatch(decodeURIComponent(page.url()).toUpperCase(), new RegExp(own.name.split(",")[0]));
  await page.goForward();

  await page.getByRole("link", { name: "Who looked at this record" }).click();
  const looks = page.locator("tbody tr");
  await looks.filter({ hasText: "Opened the record" }).filter({ hasText: "You" }).first().waitFor();
  await context.close();
});

test("an enrolment link works once", async () => {
  const receptionist = account(ward, "receptionist");
  const context = await browser.newContext();
  const page = await context.newPage();
  await enrolPasskey(page, receptionist);
  const again = await page.goto(receptionist.enrol_url);
  assert.equal(again.status(), 404);
  await page.getByRole("heading", { name: "This link does not work" }).waitFor();
  await context.close();
});

test("a passkey that its owner did not unlock does not sign in", async () => {
  const { context, page, device } = await signedIn(browser, ward, account(ward, "administrator"));
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "You have signed out" }).waitFor();
  await device.verify(false);
  await page.goto(`${ward.url}/sign-in`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
  const home = await page.goto(ward.url);
  assert.equal(new URL(home.url()).pathname, "/sign-in");
  await context.close();
});

test("a record that may not be seen looks like one that does not exist", async () => {
  const front = await signedIn(browser, ward, account(ward, "call-handler"));
  const carer = await signedIn(browser, ward, account(ward, "carer"));
  const people = await findPeople(front.page, ward);
  const answer = async (id) => {
    const response = await carer.page.goto(`${ward.url}/patients/${id}`);
    const request = response.headers()["x-request-id"];
    return { status: response.status(), body: (await response.text()).replaceAll(request, "") };
  };
  const unknown = await answer("0000-unknown");
  assert.equal(unknown.status, 404);
  const answers = [];
  for (const { id } of people) {
    answers.push(await answer(id));
  }
  const refused = answers.filter(({ status }) => status === 404);
  assert.ok(refused.length > 0, "the carer may not see everybody");
  for (const one of refused) {
    assert.deepEqual(one, unknown);
  }
  await front.context.close();
  await carer.context.close();
});

test("signing out everywhere ends the session in another browser", async () => {
  const governance = account(ward, "information-governance");
  const first = await signedIn(browser, ward, governance);
  const [passkey] = await first.device.credentials();
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${ward.url}/sign-in`);
  await (await giveAuthenticator(page)).take(passkey);
  await signInWithPasskey(page, ward);

  await first.page.goto(`${ward.url}/account`);
  await first.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await first.page.getByRole("heading", { name: "You have signed out" }).waitFor();
  await page.goto(`${ward.url}/account`);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await first.context.close();
  await context.close();
});
