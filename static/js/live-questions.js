// <div data-live-questions="/ws/…">: the questions of a meeting bring themselves up to date; <div data-live-desk="/ws/…">: the desk too.
// Without this the same lists and forms are there, and a reload shows what is new.
import { arrange, follow, keepingFocus, speaker, whenCalm } from "./parts/live.js";

const page = document.querySelector("[data-live-questions]");
if (page) followList(page);
const desk = document.querySelector("[data-live-desk]");
if (desk) followDesk(desk);

async function json(address, options) {
  const response = await fetch(address, options);
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function element(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

function followList(root) {
  const { list, mine, sayOne, sayMany, sayAnswer, sayNow, sayLost } = root.dataset;
  const say = speaker(root.querySelector("[data-said]"));
  const parts = Object.fromEntries(
    [...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]),
  );
  const own = root.querySelector("[data-mine-part]");
  const supported = new Set(keysOf("[aria-pressed=true]"));
  const asked = new Set(keysOf("[data-own]:not([hidden])"));
  let version = root.dataset.version;

  function keysOf(what) {
    return [...root.querySelectorAll(`[data-items] ${what}`)].map((found) => found.closest("[data-key]").dataset.key);
  }

  // The words come alike for everybody: put on what is this visitor's own.
  function mark(item) {
    const { key } = item.dataset;
    const button = item.querySelector(".snb-support");
    if (button) {
      button.setAttribute("aria-pressed", String(supported.has(key)));
      button.value = supported.has(key) ? "no" : "yes";
    }
    item.querySelector("[data-own]")?.toggleAttribute("hidden", !asked.has(key));
    const form = item.querySelector("form");
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (form && token && !form.elements.csrfmiddlewaretoken) form.prepend(token.cloneNode());
  }

  function put(message) {
    const before = new Map(
      Object.entries(parts).map(([name, part]) => [name, new Set([...part.querySelectorAll("[data-key]")].map((item) => item.dataset.key))]),
    );
    const now = root.querySelector(".snb-question--now")?.dataset.key;
    const fresh = new Map(Object.entries(message.items).map(([key, html]) => [key, element(html)]));
    const kept = new Map([...root.querySelectorAll("[data-items] > [data-key]")].map((item) => [item.dataset.key, item]));
    fresh.forEach((item, key) => {
      mark(item);
      // The same words as before, but for a number: the button with the focus may stay where it is.
      const old = kept.get(key);
      if (old?.contains(document.activeElement)) {
        const [count, number] = [old, item].map((one) => one.querySelector(".snb-support__count"));
        const [words, others] = [old, item].map((one) => one.querySelector(".snb-question__words").innerHTML);
        if (count && number && words === others) {
          count.textContent = number.textContent;
          fresh.set(key, old);
        }
      }
    });
    keepingFocus(() => {
      for (const [name, part] of Object.entries(parts)) {
        const items = new Map([...kept, ...fresh]);
        arrange(part.querySelector("[data-items]"), message[name], items);
        part.querySelector("[data-empty]")?.toggleAttribute("hidden", message[name].length > 0);
        if (name === "answered") part.hidden = !message[name].length;
      }
    });
    version = message.version;
    const added = message.current.filter((key) => !before.get("current").has(key)).length;
    const answered = message.answered.filter((key) => !before.get("answered").has(key)).length;
    const next = root.querySelector(".snb-question--now")?.dataset.key;
    say(
      [answered ? sayAnswer : "", next && next !== now ? sayNow : "", added > 1 ? sayMany : added ? sayOne : ""]
        .filter(Boolean)
        .join(" "),
    );
  }

  async function whole() {
    // Without cookies the answer is the same for everybody, and may be a kept one.
    const message = await json(list, { credentials: "omit" });
    if (message.version !== version) whenCalm(() => put(message));
  }

  async function readMine() {
    take(await json(mine, { headers: { Accept: "application/json" } }));
  }

  function take(message) {
    supported.clear();
    asked.clear();
    for (const key of message.supported) supported.add(key);
    for (const key of message.own) asked.add(key);
    for (const item of root.querySelectorAll("[data-items] > [data-key]")) mark(item);
    own.toggleAttribute("data-awaits", message.awaits);
    if (own.dataset.last !== bare(message.html)) {
      own.dataset.last = bare(message.html);
      keepingFocus(() => (own.innerHTML = message.html));
    }
  }

  // A form's token is written anew each time and means the same.
  function bare(html) {
    return html.replace(/value="[^"]{64}"/g, "");
  }

  function heard(message) {
    if (message.version === version) return;
    if (message.since && message.since !== version) whole().catch(() => {});
    else whenCalm(() => (message.since && message.since !== version ? whole() : put(message)));
    if (own.hasAttribute("data-awaits")) readMine().catch(() => {});
  }

  // Presses go one after the other, so that the last one is what stays.
  let sent = Promise.resolve();
  let onTheWay = 0;
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-support]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    const body = new FormData(form);
    body.set(button.name, button.value);
    const { key } = form.closest("[data-key]").dataset;
    // At once under the finger; the server's number follows.
    const more = button.value === "yes";
    count(key, more);
    onTheWay += 1;
    sent = sent.then(() => support(form.action, body, key, more));
  });

  function count(key, more) {
    if (more) supported.add(key);
    else supported.delete(key);
    const item = root.querySelector(`[data-items] > [data-key="${key}"]`);
    const number = item?.querySelector(".snb-support__count");
    if (!number) return;
    number.textContent = String(Math.max(0, Number(number.textContent) + (more ? 1 : -1)));
    mark(item);
    item.querySelector("[data-trouble]")?.remove();
  }

  // The page stays as it is when a press does not get through: somebody may be writing a question on it.
  async function support(address, body, key, more) {
    let message;
    try {
      const response = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
      message = await response.json();
    } catch {
      message = { error: sayLost };
    }
    onTheWay -= 1;
    if (!message.error) {
      if (!onTheWay) take(message);
      return;
    }
    count(key, !more);
    const line = document.createElement("p");
    line.className = "govuk-error-message snb-question__trouble";
    line.setAttribute("role", "alert");
    line.dataset.trouble = "";
    root.querySelector(`[data-items] > [data-key="${key}"]`)?.append(line);
    line.textContent = message.error;
    whole().catch(() => {});
  }

  follow({
    address: () => `${root.dataset.liveQuestions}?version=${version}`,
    heard,
    ask: whole,
  });
  setInterval(() => {
    if (own.hasAttribute("data-awaits") && document.visibilityState === "visible") readMine().catch(() => {});
  }, 15_000);
}

function followDesk(root) {
  const part = root.querySelector("[data-desk-part]");
  const say = speaker(root.querySelector("[data-said]"));
  const version = () => part.firstElementChild.dataset.version;

  async function renew() {
    const response = await fetch(root.dataset.list, { credentials: "same-origin" });
    if (!response.ok || response.redirected) return;
    const fresh = element((await response.text()).trim());
    if (fresh?.dataset.version === undefined || fresh.dataset.version === version()) return;
    whenCalm(() => {
      keepingFocus(() => part.replaceChildren(fresh));
      say(root.dataset.say);
    });
  }

  // A second tap in the same second is a slip.
  root.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
    setTimeout(() => delete event.target.dataset.sent, 1000);
  });

  follow({
    address: () => root.dataset.liveDesk,
    heard: (message) => {
      if (message.version !== version()) renew().catch(() => {});
    },
    ask: renew,
  });
}
