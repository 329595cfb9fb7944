// Where the app begins: opened from a patient's page (`iss` and `launch`), or by itself (`iss`).

import { thumbprint } from "./dpop.js";
import { key, smart } from "./smart.js";

const asked = new URLSearchParams(location.search);
const iss = asked.get("iss");
// Whose app this is at which Ward: without this list any server could be named in the address.
const clients = await (await fetch("clients.json")).json();
if (Object.hasOwn(clients, iss)) {
  const oauth2 = await smart(iss);
  sessionStorage.setItem("iss", iss);
  const patient = asked.has("launch") ? "launch" : "launch/patient";
  const url = await oauth2.authorize({
    iss,
    clientId: clients[iss],
    redirectUri: new URL("./", location.href).href,
    scope: `${patient} online_access patient/Patient.rs patient/Observation.rs`,
    pkceMode: "required",
    noRedirect: true,
  });
  const to = new URL(url);
  to.searchParams.set("dpop_jkt", await thumbprint(await key));
  // A fresh proof, where the API asked for one (RFC 9470 5).
  for (const name of ["acr_values", "max_age", "prompt"]) {
    if (asked.has(name)) {
      to.searchParams.set(name, asked.get(name));
    }
  }
  location.replace(to);
} else {
  document.getElementById("who").textContent = "This app is not registered there.";
}
