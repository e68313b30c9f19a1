// <details data-menu>: Escape closes it and returns to its summary; so does a press outside.
export function closeOnEscape() {
  for (const menu of document.querySelectorAll("details[data-menu]")) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    document.addEventListener("click", (event) => {
      if (menu.open && !menu.contains(event.target)) menu.open = false;
    });
  }
}
