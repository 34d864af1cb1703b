/* Passkeys: a button asks the browser for one, and its form sends the answer. The server checks everything.
   <button type="button" data-passkey="get" or "create" data-options="address">, in a form with a field
   [data-passkey-answer] and a status [data-passkey-status] that holds the sentences. */
"use strict";
(() => {
  const known = "PublicKeyCredential" in window;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => {
    const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const withId = (key) => ({ ...key, id: bytes(key.id) });
  const decode = (options) => {
    const found = { ...options, challenge: bytes(options.challenge) };
    if (options.user) found.user = withId(options.user);
    for (const list of ["allowCredentials", "excludeCredentials"]) {
      if (options[list]) found[list] = options[list].map(withId);
    }
    return found;
  };
  const encode = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    const id = text(credential.rawId);
    return JSON.stringify({ id, rawId: id, type: credential.type, response, clientExtensionResults: {} });
  };
  const say = (form, word) => {
    const status = form.querySelector("[data-passkey-status]");
    status.textContent = word ? status.dataset[word] : "";
    status.hidden = !word;
  };
  const ask = async (button) => {
    const { form } = button;
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    const answer = await fetch(button.dataset.options, { method: "POST", headers });
    /* A session that proved its person too long ago is asked first: by the page itself. */
    if (answer.status === 403) return location.reload();
    if (answer.status === 401) {
      const detail = { status: 401, body: await answer.text(), elt: button };
      return document.dispatchEvent(new CustomEvent("request-failed", { detail }));
    }
    if (!answer.ok) return say(form, "failed");
    const { publicKey } = await answer.json();
    const credential = await navigator.credentials[button.dataset.passkey]({ publicKey: decode(publicKey) });
    form.querySelector("[data-passkey-answer]").value = encode(credential);
    form.submit();
  };
  document.addEventListener("click", (e) => {
    const button = e.target.closest?.("[data-passkey]");
    if (!button) return;
    say(button.form, "");
    if (!known) return say(button.form, "unknown");
    button.disabled = true;
    ask(button)
      .catch((error) => say(button.form, error.name === "InvalidStateError" ? "made" : "failed"))
      .finally(() => { button.disabled = false; });
  });
})();
