// <form data-keep="…">: what is typed into it stays in this tab until it is saved, so that a sign-in that runs out costs nothing;
// its words are said when something was put back. <… data-kept>: the page that one comes to once a form below its address was saved.
const HOURS_12 = 12 * 60 * 60 * 1000;
const OTHERS = new Set(["hidden", "file", "password", "submit", "button"]);
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

function forget(path) {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(nameOf(path)) && (read(name)?.sent ?? true)) sessionStorage.removeItem(name);
  }
}

const ticks = (field) => field.type === "checkbox" || field.type === "radio";
const fieldsOf = (form) => [...form.elements].filter((field) => field.id && field.name && !OTHERS.has(field.type));
const valueOf = (field) => (ticks(field) ? field.checked : field.value);

function putBack(form, values) {
  let changed = false;
  for (const field of fieldsOf(form)) {
    const value = values[field.id];
    if (value === undefined || value === valueOf(field)) continue;
    changed = true;
    if (ticks(field)) field.checked = value;
    else field.value = value;
  }
  return changed;
}

function say(form) {
  const line = document.createElement("p");
  line.className = "govuk-inset-text";
  line.setAttribute("role", "status");
  form.before(line);
  line.textContent = form.dataset.keep;
}

export function keepTyping() {
  try {
    for (const page of document.querySelectorAll("[data-kept]")) forget(page.dataset.kept || location.pathname);
    for (const form of document.querySelectorAll("form[data-keep]")) {
      const name = nameOf(location.pathname);
      const kept = read(name);
      if (kept && putBack(form, kept.values)) say(form);
      const keep = (sent) =>
        write(name, { at: Date.now(), sent, values: Object.fromEntries(fieldsOf(form).map((field) => [field.id, valueOf(field)])) });
      form.addEventListener("input", () => keep(false));
      form.addEventListener("submit", () => keep(true));
    }
  } catch {
    // Without a place to keep things the form is as it was.
  }
}
