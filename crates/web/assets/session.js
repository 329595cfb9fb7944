// Warns before a session ends, lets it go on, and hides the page once it has ended. What was typed
// stays: the page is never left, only covered.

const page = document.querySelector("[data-session]");
const ending = document.getElementById("session-ending");
const ended = document.getElementById("session-ended");
const countdown = ending.querySelector("[data-session-countdown]");
const spoken = ending.querySelector("[data-session-spoken]");
const stay = ending.querySelector("[data-session-stay]");

/** How long before the end the warning is shown. WCAG 2.2.1 asks for at least 20 s. */
const WARNING_SECONDS = 120;

const idleSeconds = Number(page.dataset.idleSeconds);
const latestEnd = Date.now() + Number(page.dataset.leftSeconds) * 1000;
let end = 0;

// Other tabs of the same session: a request from one keeps all of them alive.
const tabs = new BroadcastChannel("ward-session");
tabs.addEventListener("message", ({ data }) => {
  if (data.kind === "used") {
    extend();
  } else if (data.kind === "token") {
    renew(data);
  } else if (data.kind === "ended") {
    finish();
  }
});

const account = page.dataset.account;

function extend() {
  end = Math.min(Date.now() + idleSeconds * 1000, latestEnd);
  if (ending.open) {
    ending.close();
  }
}

/**
 * Signed in again in another tab, or proved again there who one is: the forms of this page take
 * the new session's token.
 */
function renew({ token, owner }) {
  if (owner !== account) {
    return;
  }
  for (const field of document.querySelectorAll('input[name="form_token"]')) {
    field.value = token;
  }
  if (ended.open) {
    ended.close();
  }
  extend();
}

function finish() {
  end = 0;
  if (ending.open) {
    ending.close();
  }
  if (!ended.open) {
    ended.showModal();
  }
}

function inWords(seconds) {
  if (seconds >= 60) {
    const minutes = Math.ceil(seconds / 60);
    return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  }
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

function tick() {
  if (end === 0) {
    return;
  }
  const left = Math.ceil((end - Date.now()) / 1000);
  if (left <= 0) {
    finish();
    tabs.postMessage({ kind: "ended" });
    return;
  }
  if (left <= Math.min(WARNING_SECONDS, idleSeconds / 2)) {
    if (!ending.open) {
      ending.showModal();
    }
    countdown.textContent = inWords(left);
    // A screen reader hears it every half minute, not every second.
    if (left % 30 === 0 || left === 10) {
      spoken.textContent = `You will be signed out in ${inWords(left)}.`;
    }
  }
}

stay.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const response = await fetch(stay.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(stay)),
      headers: { accept: "application/json" },
      redirect: "error",
    });
    if (!response.ok) {
      throw new Error(String(response.status));
    }
    extend();
    tabs.postMessage({ kind: "used" });
  } catch {
    finish();
  }
});

// Escape means "I am here", like the button.
ending.addEventListener("cancel", (event) => {
  event.preventDefault();
  stay.requestSubmit();
});
ended.addEventListener("cancel", (event) => event.preventDefault());

extend();
tabs.postMessage({ kind: "used" });
tabs.postMessage({
  kind: "token",
  owner: account,
  token: stay.elements.form_token.value,
});
setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
