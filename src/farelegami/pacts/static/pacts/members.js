// Who signs a pact is in it already: their name goes from the list of the others while it is ticked
// as signing. Without scripts both lists stay whole and the program sorts them out.
(() => {
  "use strict";

  const sort = () => {
    for (const signing of document.querySelectorAll("input[name=holders]")) {
      const other = document.querySelector(`input[name=members][value="${CSS.escape(signing.value)}"]`);
      if (!other) continue;
      if (signing.checked) other.checked = false;
      other.closest(".opt").hidden = signing.checked;
    }
    const box = document.querySelector("input[name=members]")?.closest(".field");
    if (box) box.hidden = !box.querySelector(".opt:not([hidden])");
  };

  document.addEventListener("change", (event) => {
    if (event.target.name === "holders") sort();
  });
  sort();
})();
