// Loaded by every page. The design system looks for its class before it enhances anything.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

const { initAll } = await import("./nhsuk-frontend.js");
initAll();

if (document.querySelector("[data-session]")) {
  await import("./session.js");
}

// What was interrupted goes on by itself; without this script there is a button.
document.querySelector("form[data-go-on]")?.requestSubmit();

// Other tabs of the session that ended here hide what they show.
if (document.querySelector("[data-signed-out]")) {
  new BroadcastChannel("ward-session").postMessage({ kind: "ended", elsewhere: true });
}
