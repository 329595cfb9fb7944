// A command line that its person connects in the browser, and what it may then do.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { signedIn } from "./support/people.mjs";
import { account, start } from "./support/ward.mjs";

const PROGRAM =
  process.env.WARD ?? join(dirname(fileURLToPath(import.meta.url)), "../../target/debug/ward");
/** The code as it stands on a line of its own. */
const CODE = /^\s+([B-Z]{4}-[B-Z]{4})$/m;

let ward, browser, home;
before(async () => {
  ward = await start();
  browser = await launch(ward);
  home = mkdtempSync(join(tmpdir(), "ward-cli-"));
});
after(async () => {
  await browser?.close();
  await ward?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Types a command; `withCode` is called with each code that it shows. */
function type(options, withCode = () => assert.fail("no code was expected")) {
  const child = spawn(PROGRAM, options, { cwd: home, env: { HOME: home } });
  let told = "";
  let printed = "";
  let shown = null;
  child.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  child.stderr.setEncoding("utf8").on("data", (text) => {
    told += text;
    const code = told.match(CODE)?.[1];
    if (code && code !== shown) {
      shown = code;
      withCode(code);
    }
  });
  return new Promise((resolve) =>
    child.once("close", (status) => resolve({ status, printed, told })),
  );
}

test("a command line is connected by a typed code and a passkey, and keeps accounts", async () => {
  const { page } = await signedIn(browser, ward, account(ward, "administrator"));
  await page.getByRole("link", { name: "Connect a command line" }).click();
  await look(page, "device-code");
  const login = ["login", "--server", ward.url, "--ca", ward.ca_file];
  const approve = async (code) => {
    await page.getByLabel("Code").fill("BBBB-BBBB");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("alert").getByText("Nothing waits under this code").waitFor();
    await look(page, "device-refused");
    await page.getByLabel("Code").fill(code.toLowerCase());
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText(code).waitFor();
    await look(page, "device-decide");
    await page.getByRole("button", { name: "Yes, connect it" }).click();
    await page.getByRole("heading", { name: "The command line is connected" }).waitFor();
    await look(page, "device-connected");
  };
  const done = await type(login, approve);
  assert.equal(done.status, 0, done.told);
  const kept = statSync(join(home, ".config/ward/session.json"));
  assert.equal(kept.mode & 0o777, 0o600);
  const listed = await type(["account", "list", "--json"]);
  assert.equal(listed.status, 0, listed.told);
  assert.ok(JSON.parse(listed.printed).accounts.length > 1);

  // Signing out everywhere in the browser ends it at its next question.
  await page.goto(`${ward.url}/account`);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("signed out").first().waitFor();
  const after = await type(["account", "list"]);
  assert.notEqual(after.status, 0);
  assert.match(after.told, /ward login/);
});
