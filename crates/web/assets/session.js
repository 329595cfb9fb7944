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

/** So near to its own time, a session was not ended by anybody. */
const OWN_END_MILLISECONDS = 5000;

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
    finish(data.elsewhere);
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
    watch();
  }
  extend();
}

/** Covers the page; `elsewhere`, where the session was ended before its time. */
function finish(elsewhere = false) {
  end = 0;
  for (const why of ended.querySelectorAll("[data-session-why]")) {
    why.hidden = (why.dataset.sessionWhy === "elsewhere") !== elsewhere;
  }
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

/** What the server says when this tab asks how its session is: the account's id, or nothing. */
async function firstEvent(reader) {
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n\n")) {
    const { value, done } = await reader.read();
    if (done) {
      return "";
    }
    text += decoder.decode(value, { stream: true });
  }
  return text.match(/^event: live\ndata: (.*)$/m)?.[1] ?? "";
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Listens until the session is over. The server ends the stream then, and when it ends itself; so
 * what counts is what it says when asked again, by the cookie that the browser has by now.
 */
async function listen() {
  for (let failures = 0; failures < 10; ) {
    try {
      const answer = await fetch("/session/live", { redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        return true;
      }
      if (!answer.ok) {
        return false;
      }
      const reader = answer.body.getReader();
      if ((await firstEvent(reader)) !== account) {
        await reader.cancel();
        return true;
      }
      failures = 0;
      while (!(await reader.read()).done);
    } catch {
      // No network: the page's own clock goes on.
      failures += 1;
      await pause(failures * 2000);
    }
    await pause(250);
  }
  return false;
}

/** One tab listens for all of them; when it is closed, the next one does. */
function watch() {
  navigator.locks.request("ward-session", async () => {
    // Another tab may have heard it first, and told.
    if (!ended.open && (await listen()) && !ended.open) {
      const elsewhere = Date.now() < end - OWN_END_MILLISECONDS;
      finish(elsewhere);
      tabs.postMessage({ kind: "ended", elsewhere });
    }
  });
}

extend();
watch();
tabs.postMessage({ kind: "used" });
tabs.postMessage({
  kind: "token",
  owner: account,
  token: stay.elements.form_token.value,
});
setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
