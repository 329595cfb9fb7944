// Where Ward answers: the code becomes a token that works with this browser's key, and reads.

import { smart } from "./smart.js";

const show = (id, text) => {
  document.getElementById(id).textContent = text;
};

try {
  const oauth2 = await smart(sessionStorage.getItem("iss"));
  const client = await oauth2.ready();
  const patient = await client.patient.read();
  const [name] = patient.name ?? [];
  const observations = await client.patient.request("Observation?_count=0&_total=accurate");
  show("who", `${name?.given?.join(" ") ?? ""} ${name?.family ?? ""}`.trim() || "No name");
  show("born", patient.birthDate ?? "Not known");
  show("observations", String(observations.total));
  show("scope", client.getState("tokenResponse.scope"));
  const again = document.getElementById("again");
  again.disabled = false;
  again.addEventListener("click", async () => {
    try {
      await client.refresh();
      const { id } = await client.patient.read();
      show("refreshed", id === patient.id ? "Refreshed" : "Somebody else");
    } catch {
      show("refreshed", "It was ended");
    }
  });
} catch (error) {
  show("who", new URLSearchParams(location.search).get("error") ?? error.message);
}
