// Rows of a form can grow; a place of birth is proposed while it is typed. Both work without.
(() => {
  "use strict";

  for (const button of document.querySelectorAll("[data-add-row]")) button.hidden = false;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    const prefix = button.dataset.addRow;
    const rows = document.querySelector(`[data-rows="${prefix}"]`);
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    const template = rows.querySelector("template");
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    rows.insertBefore(holder.content, template);
    total.value = Number(total.value) + 1;
    template.previousElementSibling.querySelector("input:not([type=hidden]), select").focus();
  });

  for (const box of document.querySelectorAll("[data-suggest]")) {
    const input = box.querySelector("input");
    const list = document.createElement("datalist");
    list.id = `${input.id}_list`;
    box.append(list);
    input.setAttribute("list", list.id);
    input.setAttribute("autocomplete", "off");
    let waiting;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const text = input.value.trim();
        if (text.length < 2 || text.endsWith("]")) return;
        const answer = await fetch(`${box.dataset.suggest}?testo=${encodeURIComponent(text)}`);
        if (!answer.ok) return;
        const { places } = await answer.json();
        list.replaceChildren(
          ...places.map((place) => Object.assign(document.createElement("option"), { value: place })),
        );
      }, 200);
    });
  }
})();
