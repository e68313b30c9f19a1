// Following something on the server: a socket that comes back, and asking now and then while it is away.
const ASK_EVERY = 15_000;
const LONGEST_WAIT = 30_000;

// follow({ address: () => "/ws/…", heard: (message) => …, ask: async () => … }): `heard` gets each message, `ask` is called while no
// socket stands. Waits grow with each failure and differ from page to page, so that a hall of phones does not come back at once.
export function follow({ address, heard, ask }) {
  let failures = 0;
  let socket;
  let asking;

  const askNow = () => ask().catch(() => {});

  const open = () => {
    socket = new WebSocket(new URL(address(), location.href.replace(/^http/, "ws")));
    socket.addEventListener("open", () => {
      failures = 0;
      clearInterval(asking);
      asking = undefined;
    });
    socket.addEventListener("message", ({ data }) => heard(JSON.parse(data)));
    socket.addEventListener("close", () => {
      failures += 1;
      asking ??= setInterval(askNow, ASK_EVERY * (0.8 + Math.random() * 0.4));
      setTimeout(open, Math.min(LONGEST_WAIT, 1000 * 2 ** failures) * (0.5 + Math.random()));
    });
  };
  open();
  document.addEventListener("visibilitychange", () => {
    // A phone that was in a pocket has missed what was said meanwhile.
    if (document.visibilityState === "visible" && socket.readyState !== WebSocket.OPEN) askNow();
  });
}

// Do something to a part of the page without taking the focus from what bears the same id afterwards.
export function keepingFocus(change) {
  const here = document.activeElement;
  change();
  if (here?.id && document.activeElement !== here) {
    document.getElementById(here.id)?.focus({ preventScroll: true });
  }
}

// Put the children of a list in the order of these keys. What has the focus stays where it is and the others move around it.
export function arrange(list, keys, fresh) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = keys.map((key) => fresh.get(key) ?? old.get(key)).filter(Boolean);
  const stay = new Set(wanted);
  for (const child of [...list.children]) {
    if (!stay.has(child)) child.remove();
  }
  const held = wanted.findIndex((child) => child.contains(document.activeElement));
  wanted.forEach((child, place) => {
    if (held < 0) {
      if (list.children[place] !== child) list.insertBefore(child, list.children[place] ?? null);
    } else if (place < held) {
      list.insertBefore(child, wanted[held]);
    } else if (place > held) {
      list.append(child);
    }
  });
}

// A press that began before the list moved must not land on something else: wait until the finger is off.
let lastPress = 0;
for (const name of ["pointerdown", "pointerup", "keydown"]) {
  document.addEventListener(name, () => (lastPress = performance.now()), { capture: true, passive: true });
}
export function whenCalm(change) {
  const left = 600 - (performance.now() - lastPress);
  if (lastPress && left > 0) setTimeout(() => whenCalm(change), left);
  else change();
}

// A polite line for screen readers that says the newest thing, at most once in ten seconds.
export function speaker(line) {
  let next;
  let free = 0;
  return (sentence) => {
    if (!sentence) return;
    clearTimeout(next);
    next = setTimeout(() => {
      free = performance.now() + 10_000;
      line.textContent = line.textContent === sentence ? `${sentence} ` : sentence;
    }, Math.max(300, free - performance.now()));
  };
}
