// Signing in with what an organisation's OpenID provider vouches for: a real provider, and what
// happens where it vouches for too little, for somebody else, or not at all.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { enrolPasskey, signedIn, signInWithPasskey } from "./support/people.mjs";
import { startProvider, vouch } from "./support/provider.mjs";
import { account, start } from "./support/ward.mjs";

const NAME = "Staff sign-in";
const MAP = "acr=AAL3 => phishing-resistant\nacr=AAL2 amr=otp => two-factors\nacr=2 => two-factors";
const STRONG = { accountId: "fay-555", acr: "AAL3", amr: ["hwk"] };

let ward, browser, provider, first, second;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  provider = await startProvider(ward);
  first = await signedIn(browser, ward, account(ward, "administrator"));
  second = await signedIn(browser, ward, account(ward, "information-governance"));
});
after(async () => {
  await browser?.close();
  await provider?.stop();
  await ward?.stop();
});

const heading = (page, name) => page.getByRole("heading", { level: 1, name });

/** Somebody else's browser. */
const newPage = async () => (await browser.newContext()).newPage();

/** To the provider's page, from the sign-in page. The provider has forgotten who was there before. */
async function leave(page) {
  await page.context().clearCookies({ name: /^_/ });
  await page.goto(`${ward.url}/sign-in`);
  await page.getByRole("button", { name: new RegExp(`^${NAME}`) }).click();
}

/** An account that was made just now; its person's enrolment link. */
async function invite(name, signInName) {
  const { page } = first;
  await page.goto(`${ward.url}/accounts/add`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Sign-in name").fill(signInName);
  await page.getByLabel("Clinician").check();
  await page.getByRole("button", { name: /^Add/ }).click();
  await heading(page, /^A link for /).waitFor();
  return page.locator(".ward-key").first().textContent();
}

test("a provider is proposed by one person and approved by another", async () => {
  await first.page.goto(`${ward.url}/providers`);
  await look(first.page, "providers-none");
  await first.page.getByRole("button", { name: "Propose a provider" }).click();
  await first.page.getByLabel("Name").fill(NAME);
  await first.page.getByLabel("Issuer").fill(provider.issuer);
  await first.page.getByLabel("Client id").fill("ward");
  await first.page.getByLabel("What its words are worth").fill("acr=AAL1 => phishing-resistant");
  await first.page.getByRole("button", { name: "Propose" }).click();
  await first.page.getByText("less than two factors").waitFor();
  await look(first.page, "providers-add-refused");
  await first.page.getByLabel("What its words are worth").fill(MAP);
  await first.page.getByRole("button", { name: "Propose" }).click();
  await heading(first.page, NAME).waitFor();
  await look(first.page, "providers-proposed");
  const redirectUri = await first.page.getByLabel("Redirect address").textContent();
  const jwks = JSON.parse(await first.page.getByLabel("Public key").textContent());
  provider.register({ id: "ward", redirectUri, jwks });
  assert.equal(await first.page.getByRole("button", { name: /^Approve/ }).count(), 0);
  const stranger = await newPage();
  await stranger.goto(`${ward.url}/sign-in`);
  assert.equal(await stranger.getByText(NAME).count(), 0, "not offered before it is approved");

  await second.page.goto(`${ward.url}/providers`);
  await second.page.getByRole("link", { name: NAME }).click();
  await second.page.getByRole("button", { name: "Approve this provider" }).click();
  await second.page.getByText("In use").waitFor();
});

test("a person is invited, linked, and signs in with their provider alone", async () => {
  const link = await invite("Fay Moss", "f.moss");
  const page = await newPage();
  await page.goto(link);
  await look(page, "enrol-with-provider");
  await page.getByRole("button", { name: `Use ${NAME}` }).click();
  await vouch(page, STRONG);
  await heading(page, "You are set up").waitFor();

  // The provider knows from a moment ago who it is, and Ward believes it for as long.
  await page.goto(`${ward.url}/sign-in`);
  await look(page, "sign-in-with-provider");
  await page.getByRole("button", { name: new RegExp(`^${NAME}`) }).click();
  await heading(page, /^Good /).waitFor();
  await page.goto(`${ward.url}/account`);
  await page.getByText("with nothing else").waitFor();
  await look(page, "account-federated");
  await page.goto(`${ward.url}/account/passkeys/add`);
  await page.getByText("nothing is added beside it").waitFor();
  await page.context().close();
});

test("what the provider does not vouch for, or not enough, is refused", async () => {
  const page = await newPage();
  for (const login of [
    { ...STRONG, acr: undefined },
    { ...STRONG, acr: "AAL1" },
    { ...STRONG, acr: 3 },
    { ...STRONG, acr: "AAL2", amr: ["pwd"] },
    { ...STRONG, accountId: "somebody-else" },
    { ...STRONG, accountId: "f.moss@WRD01" },
  ]) {
    await leave(page);
    await vouch(page, login);
    await heading(page, "You are not signed in").waitFor();
  }
  await look(page, "provider-refused");
  for (const login of [
    { ...STRONG, acr: "AAL2", amr: ["pwd", "otp"] },
    { ...STRONG, acr: 2 },
  ]) {
    await leave(page);
    await vouch(page, login);
    await heading(page, /^Good /).waitFor();
    await page.context().clearCookies();
  }
  await leave(page);
  await page.getByRole("heading", { name: "The provider" }).waitFor();
  await page.getByLabel("Result").fill('{"error":"access_denied"}');
  await page.getByRole("button", { name: "Sign in here" }).click();
  await heading(page, "You are not signed in").waitFor();
  await page.context().close();
});

/** The address to which the provider sends a browser back; what comes of it is kept from Ward. */
async function comingBack(page) {
  await leave(page);
  const isBack = (method) => (request) =>
    request.method() === method && request.url().includes("/sign-in/return/");
  const back = page.waitForRequest(isBack("GET"));
  const kept = page.waitForEvent("requestfailed", isBack("POST"));
  await page.route("**/sign-in/return/**", (route) => route.abort());
  await vouch(page, STRONG);
  const address = (await back).url();
  await kept;
  await page.unroute("**/sign-in/return/**");
  return address;
}

test("a code works once, and in the browser that left for it", async () => {
  const thief = await newPage();
  const address = await comingBack(thief);
  // Login forgery: somebody is led to what another person's sign-in ended with.
  const victim = await newPage();
  await victim.goto(address);
  await victim.getByText("took too long, or was finished before").waitFor();
  await victim.goto(ward.url);
  await heading(victim, "Sign in to Ward").waitFor();

  const mine = await comingBack(thief);
  await thief.goto(mine);
  await heading(thief, /^Good /).waitFor();
  await thief.context().clearCookies();
  await thief.goto(mine);
  await thief.getByText("took too long, or was finished before").waitFor();
  await thief.context().close();
  await victim.context().close();
});

test("suspension at Ward ends it at the next request", async () => {
  const page = await newPage();
  await leave(page);
  await vouch(page, STRONG);
  await heading(page, /^Good /).waitFor();
  await first.page.goto(`${ward.url}/accounts`);
  await first.page.getByRole("link", { name: "Fay Moss", exact: true }).click();
  await first.page.getByRole("button", { name: /^Suspend/ }).click();
  await first.page.getByText("Suspended").first().waitFor();
  await page.goto(ward.url);
  await heading(page, "Sign in to Ward").waitFor();
  await leave(page);
  await vouch(page, STRONG);
  await heading(page, "You are not signed in").waitFor();
  await page.context().close();
});

test("while the provider is down, others sign in, and its people are told", async () => {
  await provider.stop();
  const page = await newPage();
  await leave(page);
  await heading(page, "Your organisation’s sign-in does not answer").waitFor();
  await look(page, "provider-down");
  await enrolPasskey(page, account(ward, "receptionist"));
  await signInWithPasskey(page, ward);
  await page.context().close();
});
