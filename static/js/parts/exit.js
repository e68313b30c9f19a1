// <a data-exit>: leaves at once and without a trace of this page in the tab's history: the page is emptied, then replaced.
// The plain link does the same without JavaScript, but leaves this page one step back. Three presses of Shift press it.
const WITHIN = 1500;

export function exitAtOnce() {
  const link = document.querySelector("a[data-exit]");
  if (!link) return;
  const leave = (event) => {
    event?.preventDefault();
    document.title = "";
    document.body.replaceChildren();
    location.replace(link.href);
  };
  link.addEventListener("click", leave);

  let presses = [];
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    const now = Date.now();
    presses = [...presses.filter((time) => now - time < WITHIN), now];
    if (presses.length >= 3) leave();
  });

  // A page that a browser brings back whole is asked for anew: it may have been left for good.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
