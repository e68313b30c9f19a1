// <form data-keep="…" data-keep-leave="…">: what is typed into it stays in this tab until it is saved, so that a sign-in that runs out
// costs nothing; these words are said, and on the button that lets it go, when something was put back. <… data-kept>: the form at or
// below this address that was sent last is saved. Signing out forgets all of it, on every board's site.
const HOURS_12 = 12 * 60 * 60 * 1000;
const OTHERS = new Set(["hidden", "file", "password", "submit", "button"]);
const SHOWN = /(^|_)(seen|was|once)(_|$)/; // Hidden: what the page showed when the text was begun. It goes with the text.
const SIGN_OUT = "/accounts/logout/";
const SIGNED_OUT = "snb_signed_out";
const nameOf = (path) => `typed ${path}`;

function read(name) {
  try {
    const found = JSON.parse(sessionStorage.getItem(name));
    return found?.at > Date.now() - HOURS_12 ? found : undefined;
  } catch {
    return undefined;
  }
}

function write(name, kept) {
  try {
    sessionStorage.setItem(name, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing loses nothing else.
  }
}

const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(nameOf("")));

function forgetSaved(path) {
  const sent = names().filter((name) => name.startsWith(nameOf(path)) && read(name)?.sent);
  sent.sort((one, other) => read(other).at - read(one).at);
  if (sent.length) sessionStorage.removeItem(sent[0]);
}

// Signing out is done on London's site, and a tab keeps things for each site apart: a cookie tells the others when it was.
function forgetOnSigningOut() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith(`${SIGNED_OUT}=`));
  const left = Number(cookie?.split("=")[1] ?? 0);
  for (const name of names()) {
    const kept = read(name);
    if (!kept || kept.at <= left) sessionStorage.removeItem(name);
  }
  document.addEventListener("submit", (event) => {
    const to = new URL(event.target.getAttribute("action") ?? "", location.href);
    if (to.pathname !== SIGN_OUT) return;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${SIGNED_OUT}=${Date.now()}; domain=${to.hostname}; path=/; max-age=${HOURS_12 / 1000}; samesite=lax${secure}`;
    for (const name of names()) sessionStorage.removeItem(name);
  });
}

const ticks = (field) => field.type === "checkbox" || field.type === "radio";
const isShown = (field) => field.type === "hidden" && SHOWN.test(field.name);
const fieldsOf = (form) => [...form.elements].filter((field) => field.id && field.name && (isShown(field) || !OTHERS.has(field.type)));
const valueOf = (field) => (ticks(field) ? field.checked : field.value);

function putBack(form, values) {
  const other = fieldsOf(form).filter((field) => values[field.id] !== undefined && values[field.id] !== valueOf(field));
  if (other.every(isShown)) return false;
  for (const field of other) {
    if (ticks(field)) field.checked = values[field.id];
    else field.value = values[field.id];
  }
  form.dispatchEvent(new Event("change"));
  return true;
}

function say(form, name) {
  const box = document.createElement("div");
  const line = document.createElement("p");
  const leave = document.createElement("button");
  box.className = "govuk-inset-text";
  line.className = "govuk-body";
  line.setAttribute("role", "status");
  leave.className = "snb-link-button";
  leave.type = "button";
  leave.textContent = form.dataset.keepLeave;
  leave.addEventListener("click", () => {
    sessionStorage.removeItem(name);
    location.replace(location.href);
  });
  box.append(line, leave);
  form.before(box);
  line.textContent = form.dataset.keep;
}

export function keepTyping() {
  try {
    forgetOnSigningOut();
    if (document.querySelector("[data-kept]")) forgetSaved(location.pathname);
    for (const form of document.querySelectorAll("form[data-keep]")) {
      const name = nameOf(location.pathname);
      const kept = read(name);
      if (kept && putBack(form, kept.values)) say(form, name);
      const keep = (sent) =>
        write(name, { at: Date.now(), sent, values: Object.fromEntries(fieldsOf(form).map((field) => [field.id, valueOf(field)])) });
      form.addEventListener("input", () => keep(false));
      form.addEventListener("submit", () => keep(true));
    }
  } catch {
    // Without a place to keep things the form is as it was.
  }
}
