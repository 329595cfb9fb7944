// A headless Chromium that trusts the demo's certificate, and passkeys that need no finger.

import { createHash, X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The program of a Chromium: CHROMIUM, or the first that the system has. */
function program() {
  if (process.env.CHROMIUM) {
    return process.env.CHROMIUM;
  }
  for (const name of NAMES) {
    try {
      return execFileSync("sh", ["-c", 'command -v -- "$0"', name], { encoding: "utf8" }).trim();
    } catch {
      // The next one.
    }
  }
  throw new Error(`install Chromium, or say where it is in CHROMIUM (looked for ${NAMES})`);
}

/**
 * The hash of the server's public key, once its certificate has been checked against `caFile`.
 *
 * Chromium refuses passkeys on a page with a certificate error, ignored or not. A key that it is
 * told to take is no error.
 */
function pin(url, caFile) {
  const { hostname, port } = new URL(url);
  const ca = readFileSync(caFile);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port, ca, servername: hostname }, () => {
      const certificate = new X509Certificate(socket.getPeerCertificate().raw);
      socket.end();
      const spki = certificate.publicKey.export({ type: "spki", format: "der" });
      resolve(createHash("sha256").update(spki).digest("base64"));
    });
    socket.on("error", reject);
  });
}

/** A browser that takes the certificate of `url`, which `caFile` vouches for. */
export async function launch({ url, ca_file: caFile }) {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: program(),
    args: [
      `--ignore-certificate-errors-spki-list=${await pin(url, caFile)}`,
      ...(isRoot ? ["--no-sandbox"] : []),
    ],
  });
}

/** Gives a page a passkey holder that says yes at once, its user verified. */
export async function giveAuthenticator(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    /** Whether the person unlocks the device when asked. */
    verify: (isUserVerified) =>
      session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    credentials: async () =>
      (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    /** The device is gone, and its passkeys with it. */
    remove: () => session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }),
    /** Takes over a passkey of another page's authenticator. */
    take: (credential) => session.send("WebAuthn.addCredential", { authenticatorId, credential }),
  };
}
