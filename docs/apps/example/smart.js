// fhirclient, with Ward's DPoP: it takes `fetch` when it is loaded, so that is put in place before.

import { dpopFetch, dpopKey } from "./dpop.js";

export const key = dpopKey();

/** SMART's client for a FHIR base. */
export async function smart(base) {
  window.fetch = dpopFetch(base, key);
  await import("./fhir-client.js");
  const { oauth2 } = window.FHIR;
  // A public app says who it is when it refreshes, too (RFC 6749 6).
  oauth2.settings.refreshTokenWithClientId = true;
  return oauth2;
}
