// A device and its key. The key is made here, can be used here alone, and can't be read by anybody:
// not by this script, nor by one that somebody else brings in.

const BEAT_MS = 10_000;
const WAIT_MS = 2_000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const part = (name) => document.querySelector(`[data-device-${name}]`);

/** What is kept: the pair of keys, and how far the pairing is. */
const kept = await new Promise((resolve, reject) => {
  const opening = indexedDB.open("ward-device", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error);
});

function store(mode, ask) {
  return new Promise((resolve, reject) => {
    const asked = ask(kept.transaction("kept", mode).objectStore("kept"));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

const get = (name) => store("readonly", (all) => all.get(name));
const put = (name, value) => store("readwrite", (all) => all.put(value, name));
const forget = () => store("readwrite", (all) => all.clear());

const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const json = (value) => encode(new TextEncoder().encode(JSON.stringify(value)));
const digest = async (text) =>
  encode(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
const seconds = () => Math.floor(Date.now() / 1000);

async function sign(header, claims) {
  const { privateKey } = await get("keys");
  const signed = `${json(header)}.${json(claims)}`;
  const bytes = new TextEncoder().encode(signed);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, bytes);
  return `${signed}.${encode(signature)}`;
}

/** The public key, in the one order in which its thumbprint is computed (RFC 7638). */
async function publicKey() {
  const { publicKey } = await get("keys");
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { crv, kty, x, y };
}

/** A proof of the key for one POST (RFC 9449). */
async function proof(path, token) {
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: await publicKey() };
  const claims = { jti: crypto.randomUUID(), htm: "POST", htu: location.origin + path, iat: seconds() };
  return sign(header, token ? { ...claims, ath: await digest(token) } : claims);
}

async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, proof: await proof(path) }),
  });
  return answer.ok ? answer.json() : Promise.reject(new Refused(answer.status));
}

class Refused extends Error {
  constructor(status) {
    super(`refused: ${status}`);
    this.status = status;
  }
}

function show(step) {
  for (const section of document.querySelectorAll("[data-device-step]")) {
    section.hidden = section.dataset.deviceStep !== step;
  }
}

function tell(text) {
  const error = part("error");
  error.textContent = text;
  error.hidden = !text;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function offer(code) {
  await forget();
  await put("keys", await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]));
  const { waiting, words } = await send("/pair/offer", { code });
  await put("waiting", { waiting, words });
}

/** Waits until the staff say that the words are the same. */
async function collect({ waiting, words }) {
  part("words").textContent = words;
  show("words");
  for (;;) {
    const { client } = await send("/pair/collect", { waiting });
    if (client) {
      await put("client", client);
      return;
    }
    await pause(WAIT_MS);
  }
}

/** A token, bound to the key, for some minutes (RFC 7523; RFC 9449 5). */
async function token(client) {
  const path = "/oauth/token";
  const key = JSON.stringify(await publicKey());
  const header = { alg: "ES256", typ: "JWT", kid: await digest(key) };
  const claims = {
    iss: client, sub: client, aud: location.origin + path,
    jti: crypto.randomUUID(), iat: seconds(), exp: seconds() + 60,
  };
  const answer = await fetch(path, {
    method: "POST",
    headers: { DPoP: await proof(path) },
    body: new URLSearchParams({
      grant_type: "client_credentials", scope: "ward/device",
      client_assertion_type: ASSERTION, client_assertion: await sign(header, claims),
    }),
  });
  return answer.ok ? (await answer.json()).access_token : Promise.reject(new Refused(answer.status));
}

async function beat(access) {
  const path = "/pair/heartbeat";
  const headers = { authorization: `DPoP ${access}`, DPoP: await proof(path, access) };
  const answer = await fetch(path, { method: "POST", headers });
  if (!answer.ok) {
    throw new Refused(answer.status);
  }
  const { name, organisation, at } = await answer.json();
  part("name").textContent = name;
  part("organisation").textContent = organisation;
  part("at").textContent = at;
  tell("");
  show("paired");
}

/** Goes on until the device is unpaired. What fails for another reason is tried again. */
async function live(client) {
  let access = await token(client);
  for (;;) {
    try {
      await beat(access);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) {
        access = await token(client);
        await beat(access);
      } else {
        tell("Ward can’t be reached. Trying again.");
      }
    }
    await pause(BEAT_MS);
  }
}

part("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  tell("");
  try {
    await offer(new FormData(event.target).get("code"));
  } catch {
    tell("This code is not right, was used, or is too old. Ask for a new one.");
    return;
  }
  run();
});

async function run() {
  try {
    const waiting = await get("waiting");
    if (!(await get("client")) && waiting) {
      await collect(waiting);
    }
    const client = await get("client");
    if (client) {
      await live(client);
    }
    show("code");
  } catch (error) {
    if (error instanceof Refused) {
      await forget();
      tell("This device is not paired, or no longer.");
      show("code");
    } else {
      tell("Ward can’t be reached. Trying again.");
      await pause(BEAT_MS);
      run();
    }
  }
}

await run();
