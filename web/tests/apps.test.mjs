// An app of another site, with SMART's own client: let in by its person, opened from a patient's
// page, proposed by one and approved by another, and shut out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clientsOf, serve } from "../../docs/apps/example/serve.mjs";
import { launch } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { findPeople, signedIn } from "./support/people.mjs";
import { account, start } from "./support/ward.mjs";

let ward, browser, app, clients, staff, own;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  clients = clientsOf(ward);
  app = await serve(ward.url, () => clients, 0);
  staff = await signedIn(browser, ward, account(ward, "clinician"));
  own = (await findPeople(staff.page, ward)).find(({ isOwn }) => isOwn);
});
after(async () => {
  await browser?.close();
  await app?.stop();
  await ward?.stop();
});

const base = () => ward.organisations[0].fhir_base;
const begins = (more = "") => `${app.url}launch.html?iss=${encodeURIComponent(base())}${more}`;
const family = () => own.name.split(",")[0];

async function choose(page) {
  await page.getByRole("heading", { level: 1, name: "Choose a patient" }).waitFor();
  await page.getByLabel("NHS number or name").fill(family());
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.locator("#found").waitFor();
  await page.getByRole("button", { name: `Choose ${own.name}` }).first().click();
}

/** What the app shows, once it has read. */
async function read(page) {
  await page.waitForURL(`${app.url}**`);
  await page.getByText(new RegExp(family(), "i")).waitFor();
  assert.equal(new URL(page.url()).origin, new URL(app.url).origin);
  return page.locator("#scope").textContent();
}

test("an app is let in for one patient, reads, refreshes, and is shut out", async () => {
  const { page } = staff;
  const broken = [];
  page.on("pageerror", (error) => broken.push(error.message));
  await page.goto(begins());
  await choose(page);
  await page.getByRole("heading", { level: 1, name: /act for you/ }).waitFor();
  await look(page, "app-consent");
  await page.getByRole("link", { name: "Choose another patient" }).click();
  await page.getByLabel("NHS number or name").fill(family());
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.locator("#found").waitFor();
  await look(page, "app-patient");
  await page.getByRole("button", { name: `Choose ${own.name}` }).first().click();
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  const scope = await read(page);
  assert.match(scope, /patient\/Patient\.rs/);
  await page.getByRole("button", { name: "Refresh the token" }).click();
  await page.getByText("Refreshed", { exact: true }).waitFor();

  const other = await staff.context.newPage();
  await other.goto(`${ward.url}/account/apps`);
  await look(other, "app-own");
  await other.getByRole("button", { name: /^End this/ }).click();
  await other.getByText("None acts for you now").waitFor();
  await page.getByRole("button", { name: "Refresh the token" }).click();
  await page.getByText("It was ended").waitFor();
  await other.close();
  assert.deepEqual(broken, []);
});

test("an app that is refused learns that, and nothing else", async () => {
  const { page } = staff;
  await page.goto(begins());
  await page.getByRole("button", { name: /^Don’t allow/ }).click();
  await page.waitForURL(`${app.url}**`);
  await page.getByText("access_denied").waitFor();
});

test("who must sign in first comes back to what the app asked", async () => {
  const { page } = staff;
  await page.goto(ward.url);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "You have signed out" }).waitFor();
  await page.goto(begins());
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await choose(page);
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await read(page);
});

test("an app that asks for a fresh proof gets one, of the same session", async () => {
  const { page } = staff;
  await page.goto(begins("&prompt=login&acr_values=phr"));
  await page.getByRole("heading", { name: "Prove it is you" }).waitFor();
  await page.getByRole("button", { name: "Use your passkey" }).click();
  await choose(page);
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await read(page);
});

test("an app is proposed by one, approved by another, and opens from a patient's page", async () => {
  const first = await signedIn(browser, ward, account(ward, "administrator"));
  const second = await signedIn(browser, ward, account(ward, "information-governance"));
  await first.page.goto(ward.url);
  await first.page.getByRole("link", { name: "Apps and services" }).click();
  await look(first.page, "apps");
  await first.page.getByRole("button", { name: "Propose a service" }).click();
  await look(first.page, "service-add");
  await first.page.goto(`${ward.url}/apps/add`);
  await first.page.getByLabel("Name", { exact: true }).fill("Test chart");
  await first.page.getByLabel("Where it is answered").fill(app.url);
  await first.page.getByLabel("Where it is opened").fill(`${app.url}launch.html`);
  await first.page.getByLabel("What it may ask for").fill("launch online_access patient/*.rs");
  await first.page.getByRole("button", { name: "Propose it" }).click();
  await first.page.getByRole("link", { name: "Type a number of days" }).waitFor();
  await look(first.page, "app-add-problem");
  await first.page.getByLabel("For how many days").fill("30");
  await first.page.getByRole("button", { name: "Propose it" }).click();
  await first.page.getByText("Somebody else must approve it").waitFor();
  await look(first.page, "app-waits");
  const path = new URL(first.page.url()).pathname;

  await second.page.goto(`${ward.url}${path}`);
  await look(second.page, "app-approve");
  await second.page.getByRole("button", { name: "Approve the app" }).click();
  await second.page.getByText("Ends soon").or(second.page.getByText("In use")).first().waitFor();
  clients = { ...clients, [base()]: path.split("/").pop() };

  const { page } = staff;
  await page.goto(`${ward.url}/patients/${own.id}`);
  await look(page, "patient-apps");
  await page.getByRole("button", { name: "Test chart" }).click();
  await page.getByRole("heading", { level: 1, name: /act for you/ }).waitFor();
  await page.getByText(own.name).first().waitFor();
  assert.equal(await page.getByRole("link", { name: "Choose another patient" }).count(), 0);
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await read(page);

  await second.page.goto(`${ward.url}${path}`);
  await second.page.getByRole("button", { name: "End the app for good" }).click();
  await second.page.getByText("Ended", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Refresh the token" }).click();
  await page.getByText("It was ended").waitFor();
  await page.goto(begins());
  await page.waitForURL(`${ward.url}/**`);
  assert.equal(await page.getByText("no such app, or it may not be used").count(), 1);

  const service = ward.services.find(({ organisation }) => organisation === ward.organisations[0].ods);
  await second.page.goto(`${ward.url}/services/${service.client_id}`);
  await look(second.page, "service");
  await first.context.close();
  await second.context.close();
});

test("without JavaScript an app is let in all the same", async () => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await staff.context.storageState(),
  });
  const page = await context.newPage();
  // What the app's own script asks for, on the way to Ward.
  const { page: scripted } = staff;
  clients = clientsOf(ward);
  let asked;
  await scripted.route(`${ward.url}/oauth/authorize?**`, (route) => {
    asked = route.request().url();
    return route.abort();
  });
  await scripted.goto(begins());
  await assert.doesNotReject(async () => {
    for (let wait = 0; wait < 100 && !asked; wait += 1) {
      await scripted.waitForTimeout(100);
    }
  });
  await scripted.unroute(`${ward.url}/oauth/authorize?**`);
  await page.goto(asked);
  await choose(page);
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await page.waitForURL(`${app.url}?code=**`);
  await context.close();
});
