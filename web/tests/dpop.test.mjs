// What docs/apps/dpop.js makes and reads, where no browser is needed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dpopFetch, proof, stepUp, thumbprint } from "../../docs/apps/dpop.js";

const made = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
const part = (jwt, number) => JSON.parse(Buffer.from(jwt.split(".")[number], "base64url"));

test("a proof is of one method, one URL without its query, one token, and one time", async () => {
  const jwt = await proof(made, "GET", "https://ward.example/fhir/X/Patient?name=a", "token");
  const { typ, alg, jwk } = part(jwt, 0);
  const { jti, htm, htu, iat, ath } = part(jwt, 1);
  assert.deepEqual([typ, alg, Object.keys(jwk)], ["dpop+jwt", "ES256", ["crv", "kty", "x", "y"]]);
  assert.deepEqual([htm, htu], ["GET", "https://ward.example/fhir/X/Patient"]);
  // SHA-256 of "token".
  assert.equal(ath, "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A");
  assert.ok(Math.abs(iat - Date.now() / 1000) < 60);
  const again = await proof(made, "GET", "https://ward.example/fhir/X/Patient", "token");
  assert.notEqual(part(again, 1).jti, jti);
  assert.match(await thumbprint(made), /^[\w-]{43}$/);
});

test("no other site gets a proof, and none a bearer token", async () => {
  const asked = [];
  const next = async (request) => {
    asked.push(request);
    return new Response();
  };
  const ward = dpopFetch("https://ward.example/fhir/X", made, next);
  const bearer = { headers: { authorization: "Bearer token" } };
  await ward("https://ward.example/fhir/X/Patient", bearer);
  await ward("https://ward.example/oauth/token", { method: "POST", body: "a=b" });
  await ward("https://ward.example.evil.example/fhir/X/Patient", bearer);
  await ward("https://ward.example/fhir/X/metadata");
  const seen = asked.map(({ headers }) => [headers.get("authorization"), headers.has("dpop")]);
  assert.deepEqual(seen, [
    ["DPoP token", true],
    [null, true],
    ["Bearer token", false],
    [null, false],
  ]);
  assert.equal(await asked[1].text(), "a=b");
});

test("what a server asks for is read, and nothing else", () => {
  const told = (value) => stepUp(new Response(null, { status: 401, headers: { "www-authenticate": value } }));
  const asks =
    'DPoP error="insufficient_user_authentication", acr_values="phr", max_age="300", algs="ES256"';
  assert.deepEqual(told(asks), { acr_values: "phr", max_age: "300" });
  assert.equal(told('DPoP error="invalid_token", max_age="300"'), undefined);
  assert.equal(stepUp(new Response()), undefined);
});
