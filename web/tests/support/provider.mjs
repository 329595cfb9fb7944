// A real OpenID provider (npm oidc-provider) on loopback, with a page on which a test says whom it
// vouches for, and how.

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { dirname, join } from "node:path";
import Provider from "oidc-provider";

/**
 * Listens over TLS as localhost, with the certificate of the demo. `register` makes Ward known to
 * it: what the page of a proposed provider shows.
 */
export async function startProvider({ ca_file: caFile }) {
  const tls = dirname(caFile);
  const [cert, key] = ["server.pem", "server.key"].map((name) => readFileSync(join(tls, name)));
  let answer = (_request, response) => response.writeHead(503).end();
  const server = createServer({ cert, key }, (request, response) => answer(request, response));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `https://localhost:${server.address().port}`;
  return {
    issuer,
    register(client) {
      const provider = makeProvider(issuer, client);
      const answers = provider.callback();
      answer = (request, response) =>
        request.url.startsWith("/interaction/")
          ? interact(provider, request, response)
          : answers(request, response);
    },
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

function makeProvider(issuer, { id, redirectUri, jwks }) {
  const client = {
    client_id: id,
    redirect_uris: [redirectUri],
    jwks,
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: "ES256",
    id_token_signed_response_alg: "RS256",
    response_types: ["code"],
    grant_types: ["authorization_code"],
  };
  return new Provider(issuer, {
    clients: [client],
    acrValues: ["AAL3", "AAL2"],
    claims: { openid: ["sub", "amr"], acr: null, auth_time: null },
    conformIdTokenClaims: false,
    cookies: { keys: ["a key of a test"] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_context, subject) => ({ accountId: subject, claims: () => ({ sub: subject }) }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    // Whoever signs in here agrees.
    async loadExistingGrant({ oidc }) {
      const { clientId } = oidc.client;
      const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
    ttl: { AccessToken: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
  });
}

/** A page with one field: the result that the provider is given, as JSON. */
async function interact(provider, request, response) {
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>Provider</title><h1>The provider</h1>
      <form method="post"><label>Result <textarea name="result"></textarea></label>
      <button>Sign in here</button></form>`);
    return;
  }
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const result = JSON.parse(form.get("result"));
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** Signs in on the provider's page. */
export async function vouch(page, login) {
  await page.getByRole("heading", { name: "The provider" }).waitFor();
  await page.getByLabel("Result").fill(JSON.stringify({ login: { remember: false, ...login } }));
  await page.getByRole("button", { name: "Sign in here" }).click();
}
