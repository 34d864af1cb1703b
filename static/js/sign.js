/* Sign what the review shows with a passkey, then send its form. Nothing typed is lost when a signature fails. */
const form = document.querySelector("form[data-signature]");
const unpack = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const pack = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/* Return the assertion as the server reads it; throws what the browser or the passkey refuses. */
const sign = async ({ challenge, rpId, allowCredentials }) => {
  const given = await navigator.credentials.get({
    publicKey: {
      challenge: unpack(challenge),
      rpId,
      allowCredentials: allowCredentials.map((id) => ({ type: "public-key", id: unpack(id) })),
      userVerification: "required",
    },
  });
  const { clientDataJSON, authenticatorData, signature } = given.response;
  return JSON.stringify({
    id: given.id,
    rawId: pack(given.rawId),
    type: given.type,
    response: {
      clientDataJSON: pack(clientDataJSON),
      authenticatorData: pack(authenticatorData),
      signature: pack(signature),
    },
  });
};

form?.addEventListener("submit", async (e) => {
  const button = e.submitter, { assertion } = form.elements;
  if (button?.dataset.signs === undefined || assertion.value) return;
  e.preventDefault();
  const problem = form.querySelector("[data-problem]");
  problem.hidden = true;
  button.disabled = true;
  try {
    assertion.value = await sign(JSON.parse(form.dataset.signature));
  } catch {
    problem.hidden = false;
  }
  button.disabled = false;
  if (assertion.value) form.requestSubmit(button);
});
/* A page that comes back from the history signs anew. */
addEventListener("pageshow", (e) => {
  if (e.persisted && form) form.elements.assertion.value = "";
});
