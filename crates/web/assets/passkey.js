// Signs in with a passkey, or makes one. The page's form says where to begin and where to finish;
// the server checks everything.

const form = document.querySelector("form[data-passkey]");
const button = form.querySelector("[data-passkey-button]");
const message = document.querySelector("[data-passkey-error]");

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withIds = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

// What the form holds beside: the token of a session, what a passkey is called, what waits.
function fields() {
  const { form_token: token, ...others } = Object.fromEntries(new FormData(form));
  return { token, others };
}

async function send(path, message) {
  const { token } = fields();
  const response = await fetch(path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      ...(token && { "x-form-token": token }),
    },
    body: JSON.stringify(message),
    redirect: "error",
  });
  if (response.status === 401 && response.headers.get("content-type") === "application/json") {
    // The proof is too old by now: the page asks for another.
    location.replace((await response.json()).next);
    return new Promise(() => {});
  }
  if (!response.ok) {
    throw new Refused(response.status);
  }
  return response.json();
}

class Refused extends Error {
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

async function create(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: withIds(options.excludeCredentials),
    },
  });
  return {
    ...named(made),
    response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

async function get(options) {
  const shown = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: withIds(options.allowCredentials),
    },
  });
  const { authenticatorData, clientDataJSON, signature, userHandle } = shown.response;
  return {
    ...named(shown),
    response: {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

const named = (credential) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  extensions: credential.getClientExtensionResults(),
});

function explain(error) {
  if (error instanceof Refused && error.status === 429) {
    return "There were too many attempts. Wait a few minutes, then try again.";
  }
  if (error instanceof Refused) {
    return "That passkey was not accepted. Try again, or use the other way to sign in.";
  }
  if (error.name === "InvalidStateError") {
    return "This device already has a passkey for your account. Sign in with it.";
  }
  if (error.name === "NotAllowedError") {
    return "Nothing was chosen, or the time ran out. Try again when you are ready.";
  }
  return "This browser could not use a passkey. Try another browser or device, or use the other way.";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  message.hidden = true;
  button.disabled = true;
  try {
    const started = await send(form.action, {});
    const credential = await { create, get }[form.dataset.passkey](started.options.publicKey);
    const finished = await send(form.dataset.finish, {
      ...fields().others,
      ceremony: started.ceremony,
      credential,
    });
    location.replace(finished.next);
  } catch (error) {
    message.textContent = explain(error);
    message.hidden = false;
    button.disabled = false;
    button.focus();
  }
});

if (window.PublicKeyCredential) {
  button.disabled = false;
} else {
  message.textContent = "This browser has no passkeys. Use the other way to sign in.";
  message.hidden = false;
}
