/* Passkeys. A form with data-passkey="create | get | login" fills its hidden `credential` field and sends itself.
   Options come from the JSON script named by data-passkey-options, or for `login` from the form's own address. */

const decode = (text) => {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0)).buffer;
};

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const listed = (list) => (list || []).map((item) => ({ ...item, id: decode(item.id) }));

const creation = (options) => ({
  ...options,
  challenge: decode(options.challenge),
  user: { ...options.user, id: decode(options.user.id) },
  excludeCredentials: listed(options.excludeCredentials),
});

const asking = (options) => ({
  ...options,
  challenge: decode(options.challenge),
  allowCredentials: listed(options.allowCredentials),
});

const plain = (credential) => {
  const given = credential.response;
  const response = { clientDataJSON: encode(given.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given[name]) response[name] = encode(given[name]);
  }
  if (given.getTransports) response.transports = given.getTransports();
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
};

const optionsOf = async (form) => {
  if (form.dataset.passkey === "login") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options.publicKey;
  }
  const data = JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
  return (data.creation_options || data.request_options).publicKey;
};

const fill = async (form) => {
  const options = await optionsOf(form);
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: creation(options) })
      : await navigator.credentials.get({ publicKey: asking(options) });
  form.elements.namedItem("credential").value = JSON.stringify(plain(credential));
};

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey-only]")) part.hidden = false;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      if (form.elements.namedItem("credential").value) return;
      event.preventDefault();
      const trouble = form.querySelector("[data-passkey-error]");
      trouble.hidden = true;
      try {
        await fill(form);
        form.submit();
      } catch {
        trouble.hidden = false;
      }
    });
  }
}
