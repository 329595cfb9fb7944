// What no page of Ward sends. Each gets a clear refusal with a request id, and changes nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { signedIn } from "./support/people.mjs";
import { account, start } from "./support/ward.mjs";

let ward, browser, staff, token;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  staff = await signedIn(browser, ward, account(ward, "clinician"));
  token = await staff.page.locator('input[name="form_token"]').first().inputValue();
});
after(async () => {
  await browser?.close();
  await ward?.stop();
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };

/** Sends a request with the session's cookie, as this server's own page would. */
async function send(method, path, { headers = {}, data, origin = ward.url } = {}) {
  const [cookie] = (await staff.context.cookies()).filter(({ name }) => name === "__Host-ward");
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const response = await context.request.fetch(ward.url + path, {
    method,
    data,
    headers: { origin, cookie: `${cookie.name}=${cookie.value}`, ...headers },
    maxRedirects: 0,
  });
  const answer = { status: response.status(), headers: response.headers(), body: await response.text() };
  await context.close();
  return answer;
}

/** A page that says what happened, with the request's id, and nothing of the server's insides. */
function isRefusal({ status, headers, body }, expected, name) {
  assert.equal(status, expected, name);
  assert.match(headers["x-request-id"], /^[0-9a-f]{32}$/, name);
  assert.equal(headers["cache-control"], "no-store", name);
  assert.ok(body.includes(headers["x-request-id"]), `${name}: the page names the request`);
  assert.doesNotMatch(body, /panick|\.rs|sqlite|minijinja/i, name);
}

test("a change must come from a form that the session was given", async () => {
  const data = `text=jones&form_token=${token}`;
  const cases = {
    "no token": [{ headers: FORM, data: "text=jones" }, 403],
    "another token": [{ headers: FORM, data: `text=jones&form_token=${"A".repeat(token.length)}` }, 403],
    "the token twice": [{ headers: FORM, data: `${data}&form_token=x` }, 403],
    "another site": [{ headers: FORM, data, origin: "https://evil.example" }, 403],
    "a sandboxed page": [{ headers: FORM, data, origin: "null" }, 403],
    "a fetch of another site": [{ headers: { ...FORM, "sec-fetch-site": "cross-site" }, data }, 403],
  };
  for (const [name, [request, status]] of Object.entries(cases)) {
    if (name === "the token twice") {
      // A field sent twice counts as not sent, or as its first: never as a way around.
      const answer = await send("POST", "/patients", request);
      assert.ok([303, 403].includes(answer.status), name);
      continue;
    }
    isRefusal(await send("POST", "/patients", request), status, name);
  }
  const right = await send("POST", "/patients", { headers: FORM, data });
  assert.equal(right.status, 303);
});

test("searches that no page sends are refused or find nobody", async () => {
  const post = (data, headers = FORM) => send("POST", "/patients", { headers, data });
  const form = (text) => `form_token=${token}&text=${text}`;
  isRefusal(await post(form("%ff%fe")), 403, "text that is not UTF-8 hides the token too");
  isRefusal(await post(form("a".repeat(100_000))), 413, "a large form");
  isRefusal(await post(JSON.stringify({ text: "x" }), JSON_TYPE), 403, "no form at all");
  const empty = await post(form(""));
  assert.equal(empty.status, 422);
  for (const text of ["jones'--", "%3Cb%3Ejones", "%7B%7B7*7%7D%7D", "..%2F..%2Fjones", "jo%7C%7C", "%24people", "jo%2C%2C%5C"]) {
    const found = await post(form(text));
    assert.equal(found.status, 303, text);
    const shown = await send("GET", found.headers.location);
    assert.equal(shown.status, 200, text);
    assert.doesNotMatch(shown.body, /<b>|>49</, text);
  }
  for (const link of ["", "x", "A".repeat(500), "%00", "..", token]) {
    const shown = await send("GET", `/patients?found=${link}`);
    assert.ok(link === "%00" ? shown.status === 400 : shown.status === 200, link);
    assert.doesNotMatch(shown.body, /id="found"/, "a forged link finds nobody");
  }
  isRefusal(await send("GET", `/patients?found=${"A".repeat(50_000)}`), 414, "a long link");
});

test("ids with tricks in them are nobody's", async () => {
  const ids = ["%2e%2e", "a%2fb", "a%00", "..", "x".repeat(65), "Patient%2F1", "1;2", "å"];
  for (const id of ids) {
    for (const path of [`/patients/${id}`, `/patients/${id}/who-looked`]) {
      const { status } = await send("GET", path);
      assert.ok(status === 404 || status === 400 || status === 200, `${path}: ${status}`);
      if (status === 200) {
        // The client itself turned `..` into a page that exists.
        assert.match(path, /\.\.|%2e%2e/);
      }
    }
  }
  isRefusal(await send("GET", "/patients/unknown/who-looked?before=x"), 404, "no number");
});

test("ceremonies that were not begun end nothing", async () => {
  for (const path of ["/sign-in/passkey/finish", "/enrol/AAAA/passkey/finish"]) {
    for (const data of ["", "{", "[]", "{}", '{"ceremony":1}', `{"ceremony":"x","credential":{}}`, `{"ceremony":"x","credential":{},"more":1}`, "[".repeat(5_000)]) {
      const answer = await send("POST", path, { headers: JSON_TYPE, data });
      assert.ok([400, 401, 404].includes(answer.status), `${path} ${data.slice(0, 40)}: ${answer.status}`);
      assert.equal(answer.headers["set-cookie"], undefined);
    }
    const plain = await send("POST", path, { headers: { "content-type": "text/plain" }, data: "{}" });
    assert.equal(plain.status, 400, "no JSON");
  }
  for (const token of ["x", "A".repeat(43), "..%2f", "%00"]) {
    const answer = await send("GET", `/enrol/${token}`);
    assert.ok(answer.status >= 400 && answer.status < 500, token);
  }
});

test("pages carry the headers that keep them from being framed, cached or added to", async () => {
  for (const path of ["/", "/sign-in", "/nothing-here"]) {
    const { headers } = await send("GET", path);
    assert.equal(headers["cache-control"], "no-store", path);
    assert.match(headers["content-security-policy"], /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
    assert.match(headers["content-security-policy"], /frame-ancestors 'none'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
  }
  const home = await send("GET", "/");
  const style = home.body.match(/href="([^"]*ward\.css)"/)[1].replaceAll("&#x2f;", "/");
  const asset = await send("GET", style);
  assert.match(asset.headers["cache-control"], /immutable/);
  const other = await send("GET", style.replace(/[0-9a-f]{16}/, "0000000000000000"));
  assert.equal(other.status, 404);
});
