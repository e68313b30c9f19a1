// <form data-attendance>: says, while members are marked, whether there is a quorum. The server says the same after saving.
const THERE = new Set(["present", "remote"]);

for (const form of document.querySelectorAll("form[data-attendance]")) {
  const words = form.querySelector("[data-quorum]");
  const members = [...form.querySelectorAll("[data-member]")];

  const tell = () => {
    const voting = members.filter((member) => member.querySelector("input[type=checkbox]").checked);
    const there = voting.filter((member) => THERE.has(member.querySelector("input[type=radio]:checked")?.value)).length;
    const guests = [...form.querySelectorAll("[name^=guest_name_]")].filter((name) => {
      const field = (kind) => form.elements[name.name.replace("_name_", `_${kind}_`)].value;
      return name.value.trim() && field("capacity") === "member";
    });
    const guestsThere = guests.filter((name) => THERE.has(form.elements[name.name.replace("_name_", "_presence_")].value));
    const facts = { there: there + guestsThere.length, members: voting.length + guests.length, needed: Number(words.dataset.needed) };
    facts.missing = facts.needed - facts.there;
    const kind = words.dataset.needed === "" ? "none" : facts.missing > 0 ? "few" : "met";
    const said = words.dataset[kind].replace(/\{(\w+)\}/g, (_whole, name) => facts[name]);
    if (said !== words.textContent) words.textContent = said;
  };

  form.addEventListener("change", tell);
  tell();
}
