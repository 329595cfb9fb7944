// What signing in costs a person: clicks, keys and seconds from the sign-in page to the first
// patient, by each way, beside a page that asks for a name and a password alone. Seconds are told
// and written down, never asserted; that nothing is asked twice within a session is.

import assert from "node:assert/strict";
import { scryptSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./support/browser.mjs";
import { PASSWORD, enrolPassword, findPeople, signedIn } from "./support/people.mjs";
import { code } from "./support/totp.mjs";
import { account, start } from "./support/ward.mjs";

const FIGURES = join(dirname(fileURLToPath(import.meta.url)), "../../target/what-sign-in-costs.json");
/** Of so many rounds the quickest counts, as the machine has other work. A code works once. */
const ROUNDS = 5;
const ROUNDS_WITH_CODES = 2;
/**
 * Seconds that people take for a key, and to point and click (Card, Moran and Newell, "The
 * keystroke-level model", 1980: an average typist's K; P and B). A touch of the device is as a click.
 */
const KEY_SECONDS = 0.28;
const CLICK_SECONDS = 1.3;

let ward, browser, plain;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  plain = await passwordPage();
});
after(async () => {
  await browser?.close();
  await ward?.stop();
  plain?.server.close();
});

/** A page that asks for a name and a password, hashes, and lets in: what Ward is compared with. */
async function passwordPage() {
  const form = `<!doctype html><title>Sign in</title><form method="post">
    <label>Sign-in name <input name="name"></label>
    <label>Password <input name="password" type="password"></label>
    <button>Sign in</button></form>`;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      const isRight = new URLSearchParams(body).get("password") === PASSWORD;
      if (request.method === "POST") {
        scryptSync(body, "salt", 32);
      }
      response.setHeader("content-type", "text/html");
      response.end(isRight ? "<!doctype html><title>Home</title><h1>Good day</h1>" : form);
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, url: `http://localhost:${server.address().port}` };
}

/** Hands that count what they do. */
function hands() {
  const done = { clicks: 0, keys: 0, touches: 0 };
  return {
    done,
    async click(target) {
      done.clicks += 1;
      await target.click();
    },
    async type(target, text) {
      done.clicks += 1;
      done.keys += text.length;
      await target.click();
      await target.pressSequentially(text);
    },
    async enter(target) {
      done.keys += 1;
      await target.press("Enter");
    },
    touch: () => (done.touches += 1),
  };
}

/** What a way costs: by hand, and of it the seconds that the machines take. */
async function cost(rounds, way) {
  let least;
  for (let round = 0; round < rounds; round += 1) {
    const { done, ...hand } = hands();
    const began = performance.now();
    await way(hand, round);
    const seconds = (performance.now() - began) / 1000;
    if (!least || seconds < least.machine_seconds) {
      least = { ...done, machine_seconds: seconds };
    }
  }
  const { clicks, keys, touches } = least;
  const by_hand = keys * KEY_SECONDS + (clicks + touches) * CLICK_SECONDS;
  return { ...least, seconds: least.machine_seconds + by_hand };
}

const home = (page) => page.getByRole("heading", { name: /^Good / }).waitFor();

test("a passkey costs no more than a password, and nothing is asked twice", async () => {
  const clinician = account(ward, "clinician");
  const { context, page } = await signedIn(browser, ward, clinician);
  const own = (await findPeople(page, ward)).find((person) => person.isOwn);
  const passkey = await cost(ROUNDS, async (hand) => {
    await context.clearCookies();
    await page.goto(`${ward.url}/sign-in`);
    await hand.click(page.getByRole("button", { name: "Sign in with a passkey" }));
    hand.touch();
    await home(page);
  });
  const patient = await cost(ROUNDS, async (hand) => {
    await page.goto(ward.url);
    const box = page.getByLabel("Find a patient by NHS number or name");
    await hand.type(box, own.name.split(",")[0]);
    await hand.enter(box);
    await page.locator("#found").waitFor();
    await hand.click(page.getByRole("link", { name: own.name }).first());
    await page.getByText("You can see this because").waitFor();
  });
  assert.equal(await askedIn(context, page, own), 0);
  await context.close();

  const figures = { passkey, password_and_code: await typed(), password_alone: await alone() };
  for (const way of Object.keys(figures)) {
    const to_first_patient = figures[way].seconds + patient.seconds;
    figures[way] = { ...figures[way], to_first_patient_seconds: to_first_patient };
  }
  mkdirSync(dirname(FIGURES), { recursive: true });
  writeFileSync(FIGURES, `${JSON.stringify({ ...figures, to_a_patient: patient }, null, 2)}\n`);
  console.log(JSON.stringify({ ...figures, to_a_patient: patient }));
  const acts = ({ clicks, keys, touches }) => clicks + keys + touches;
  assert.ok(acts(figures.passkey) <= acts(figures.password_alone), "no more to do");
  assert.deepEqual([passkey.clicks, passkey.keys, passkey.touches], [1, 0, 1]);
});

async function typed() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const carer = account(ward, "carer");
  const key = await enrolPassword(page, carer);
  const figures = await cost(ROUNDS_WITH_CODES, async (hand, round) => {
    await context.clearCookies();
    await page.goto(`${ward.url}/sign-in`);
    await hand.type(page.getByLabel("Sign-in name"), carer.name);
    await hand.type(page.getByLabel("Password", { exact: true }), PASSWORD);
    const field = page.getByLabel("Code", { exact: true });
    await hand.type(field, code(key, round));
    await hand.enter(field);
    await home(page);
  });
  await context.close();
  return figures;
}

async function alone() {
  const page = await browser.newPage();
  const figures = await cost(ROUNDS, async (hand) => {
    await page.goto(plain.url);
    await hand.type(page.getByLabel("Sign-in name"), account(ward, "carer").name);
    const field = page.getByLabel("Password");
    await hand.type(field, PASSWORD);
    await hand.enter(field);
    await home(page);
  });
  await page.close();
  return figures;
}

/** How often somebody who has signed in is asked who they are, on a way through the pages. */
async function askedIn(context, page, own) {
  let asked = 0;
  await context.exposeFunction("wardWasAsked", () => (asked += 1));
  await context.addInitScript(() => {
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = (options) => {
      window.wardWasAsked();
      return get(options);
    };
  });
  const own_page = `/patients/${own.id}`;
  const pages = ["/", "/patients", own_page, `${own_page}/who-looked`, "/account", own_page];
  for (const path of [...pages, ...pages]) {
    const answer = await page.goto(`${ward.url}${path}`);
    assert.equal(answer.status(), 200, path);
    assert.equal(new URL(page.url()).pathname, path);
    asked += await page.getByLabel("Password", { exact: true }).count();
    asked += await page.getByLabel("Code", { exact: true }).count();
    asked += await page.getByRole("button", { name: /with a passkey$/ }).count();
  }
  return asked;
}
