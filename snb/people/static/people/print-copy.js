/* Buttons that print the page or copy a list; shown only where scripts run. */

for (const group of document.querySelectorAll("[data-print-copy]")) {
  group.hidden = false;
  group.querySelector("[data-print]")?.addEventListener("click", () => window.print());
  const copy = group.querySelector("[data-copy]");
  copy?.addEventListener("click", async () => {
    const lines = [...document.getElementById(copy.dataset.copy).children].map((item) => item.textContent.trim());
    await navigator.clipboard.writeText(lines.join("\n"));
    copy.textContent = copy.dataset.copied;
  });
}
