// A service in Python, with a client from its registry, as docs/apps/service.py shows it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { start } from "./support/ward.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const PROGRAM = join(ROOT, "docs/apps/service.py");

let ward;
before(async () => {
  ward = await start();
});
after(() => ward?.stop());

async function run(service, base) {
  const env = {
    ...process.env,
    PYTHONPATH: join(ROOT, "target/vendor/python"),
    REQUESTS_CA_BUNDLE: ward.ca_file,
  };
  const options = [PROGRAM, base, service.client_id, service.key_file];
  const { stdout } = await promisify(execFile)("python3", options, { env });
  return JSON.parse(stdout);
}

test("a service gets a token by its key, and reads with the key that the token is bound to", async () => {
  const [organisation, other] = ward.organisations;
  const service = ward.services.find((one) => one.organisation === organisation.ods);
  const told = await run(service, organisation.fhir_base);
  assert.deepEqual(told, { found: 5, bearer: 401, beyond: 403 });
  // Another organisation's records are not found with it.
  await assert.rejects(run(service, other.fhir_base), /40[34]/);
});
