// A Ward to test against: the one of WARD_DEMO_JSON, or a small one of its own.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const START_MS = 120_000;
/** As much of the log's end as is shown where the demo does not start. */
const LOG_CHARS = 4_000;

/** What `ward demo --json` says, and how to end it. */
export async function start() {
  if (process.env.WARD_DEMO_JSON) {
    return { ...JSON.parse(readFileSync(process.env.WARD_DEMO_JSON, "utf8")), stop() {} };
  }
  const folder = mkdtempSync(join(tmpdir(), "ward-"));
  const program = process.env.WARD ?? join(ROOT, "target/debug/ward");
  const options = ["demo", "--people", "40", "--port", "0", "--json", "--dir", join(folder, "data")];
  // What Ward asks itself, of an organisation's provider, it asks of those whom the demo vouches for.
  const env = { ...process.env, SSL_CERT_FILE: join(folder, "data/tls/ca.pem") };
  const child = spawn(program, options, { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    log = (log + text).slice(-LOG_CHARS);
  });
  const stop = () =>
    new Promise((resolve) => {
      const done = () => resolve(rmSync(folder, { recursive: true, force: true }));
      if (child.exitCode === null) {
        child.once("exit", done);
        child.kill("SIGTERM");
      } else {
        done();
      }
    });
  try {
    return { ...(await firstLine(child)), stop };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${log}`);
  }
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("ward demo did not start in time")), START_MS);
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(late);
      resolve(JSON.parse(line));
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`ward demo ended with ${code}`)));
  });
}

/** The demo's account of a role; the `nth` of them in the first organisation. */
export function account(ward, role, nth = 0) {
  const [organisation] = ward.organisations;
  const all = ward.accounts.filter(
    (one) => one.role === role && one.organisation === organisation.ods,
  );
  if (!all[nth]) {
    throw new Error(`the demo has no ${role} number ${nth + 1}`);
  }
  return all[nth];
}
