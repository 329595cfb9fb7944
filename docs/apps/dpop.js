// DPoP for apps that run in a browser (RFC 9449). Ward takes no bearer tokens: each token works
// with the key that it was made for, and each request proves that its sender has that key.
//
// The key is made here, can't be exported, not even by this page, and is kept in IndexedDB, so
// that it is still there when the browser comes back from Ward, and when a token is refreshed.

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const [DATABASE, STORE] = ["ward-dpop", "keys"];

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const utf8 = (text) => new TextEncoder().encode(text);
const sha256 = async (text) => base64url(await crypto.subtle.digest("SHA-256", utf8(text)));

/** The app's key: the one that this browser keeps under `name`, or a new one. */
export async function dpopKey(name = "default") {
  const kept = await database("readonly", (keys) => keys.get(name));
  if (kept) {
    return kept;
  }
  const made = await crypto.subtle.generateKey(ALGORITHM, false, ["sign"]);
  // Two tabs may make one at once: the first that is kept counts.
  await database("readwrite", (keys) => keys.add(made, name)).catch(() => {});
  return database("readonly", (keys) => keys.get(name));
}

/**
 * The key's thumbprint (RFC 7638), to be sent as `dpop_jkt` with an authorization request: its code
 * then works with this key alone (RFC 9449 10).
 */
export async function thumbprint(key) {
  const { crv, kty, x, y } = await publicJwk(key);
  return sha256(JSON.stringify({ crv, kty, x, y }));
}

/** A proof for one request; of the token that goes with it, too. */
export async function proof(key, method, url, token) {
  const { origin, pathname } = new URL(url);
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: await publicJwk(key) };
  const claims = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: origin + pathname,
    iat: Math.floor(Date.now() / 1000),
    ...(token && { ath: await sha256(token) }),
  };
  const signed = [header, claims].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
  const signature = await crypto.subtle.sign(SIGNATURE, key.privateKey, utf8(signed));
  return `${signed}.${base64url(signature)}`;
}

/**
 * A `fetch` that proves the key to one Ward, such as `https://ward.example`, and leaves requests to
 * anybody else as they are. A client that knows of bearer tokens alone works with it as it is: its
 * `Authorization: Bearer` becomes `DPoP`.
 */
export function dpopFetch(ward, key, next = globalThis.fetch.bind(globalThis)) {
  const { origin } = new URL(ward);
  return async (input, init) => {
    const request = new Request(input, init);
    const { origin: to, pathname } = new URL(request.url);
    if (to !== origin) {
      return next(request);
    }
    const headers = new Headers(request.headers);
    const token = headers.get("authorization")?.replace(/^(Bearer|DPoP) /i, "");
    if (token) {
      headers.set("authorization", `DPoP ${token}`);
    }
    if (token || pathname === "/oauth/token") {
      headers.set("dpop", await proof(await key, request.method, request.url, token));
    }
    // A proof works once, and a redirect would carry the token on.
    return next(new Request(request, { headers, redirect: "error", credentials: "omit" }));
  };
}

/**
 * What an answer of 401 asks for (RFC 9470 3): parameters for the next authorization request, such
 * as `{ acr_values: "phr", max_age: "300" }`; nothing where it asks for nothing of the sort.
 */
export function stepUp(response) {
  const asked = response.headers.get("www-authenticate") ?? "";
  if (!asked.includes('error="insufficient_user_authentication"')) {
    return undefined;
  }
  const found = [...asked.matchAll(/\b(acr_values|max_age)="([^"]*)"/g)];
  return Object.fromEntries(found.map(([, name, value]) => [name, value]));
}

async function publicJwk({ publicKey }) {
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { crv, kty, x, y };
}

function database(mode, ask) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(STORE, mode);
      const asked = ask(transaction.objectStore(STORE));
      transaction.onabort = () => reject(asked.error ?? transaction.error);
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(asked.result);
      };
    };
  });
}
