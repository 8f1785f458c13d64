// Small comforts over pages that work without them. No inline handlers: the policy forbids them.
(() => {
  "use strict";

  const typing = (element) =>
    element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);

  // "/" goes to the search field from anywhere.
  document.addEventListener("keydown", (event) => {
    const field = document.querySelector("[data-slash]");
    if (field && event.key === "/" && !event.ctrlKey && !event.metaKey && !typing(event.target)) {
      event.preventDefault();
      field.focus();
      field.select();
    }
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details[data-menu][open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const sheet = document.getElementById(opener.dataset.opens);
      if (sheet && sheet.showModal) {
        event.preventDefault();
        sheet.showModal();
      }
    }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-print]")) window.print();
    const back = event.target.closest("[data-back]");
    if (back && window.history.length > 1) {
      event.preventDefault();
      window.history.back();
    }
  });

  // Filters answer as soon as they change.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });

  // A form sent twice by a nervous thumb is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });

  // Who stands at a place says where it is with one tap.
  const askWhere = (button) => {
    const said = button.parentElement.querySelector("[role=status]");
    const field = document.getElementById(button.dataset.here);
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
        said.textContent = button.dataset.done.replace("METRI", Math.ceil(coords.accuracy));
        button.disabled = false;
      },
      () => {
        said.textContent = button.dataset.fails;
        button.disabled = false;
      },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-here]")) {
      if (!navigator.geolocation) continue;
      button.parentElement.hidden = false;
      button.addEventListener("click", () => askWhere(button));
    }
  });

  // Closed details open on paper.
  window.addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("main details:not([open])")) {
      one.dataset.closed = "1";
      one.open = true;
    }
  });
  window.addEventListener("afterprint", () => {
    for (const one of document.querySelectorAll("details[data-closed]")) {
      delete one.dataset.closed;
      one.open = false;
    }
  });

  // What was typed when the session ended goes back where it stood; what finds no place stays
  // to be copied.
  const putBack = () => {
    const told = document.getElementById("kept-values");
    const box = document.querySelector("[data-kept]");
    if (!told || !box) return;
    const values = JSON.parse(told.textContent);
    const has = (form) => values.filter(([name]) => form.elements.namedItem(name)).length;
    const forms = [...document.querySelectorAll("main form")].filter((one) => one.method === "post");
    const form = forms.sort((one, other) => has(other) - has(one))[0];
    if (!form || !has(form)) return;
    const boxes = [...form.elements].filter((one) => one.type === "checkbox");
    for (const one of boxes) one.checked = false;
    const placed = new Set();
    for (const [name, value] of values) {
      for (const one of form.elements) {
        if (one.name !== name || ["hidden", "file", "password"].includes(one.type)) continue;
        if (["checkbox", "radio"].includes(one.type)) {
          if (one.value === value) one.checked = true;
        } else if (one.multiple) {
          for (const option of one.options) option.selected ||= option.value === value;
        } else {
          one.value = value;
          if (one.value.replace(/\s+/g, " ") === value.replace(/\s+/g, " ")) placed.add(name);
        }
      }
    }
    const copies = [...box.querySelectorAll("[data-kept-name]")];
    for (const one of copies) one.hidden = placed.has(one.dataset.keptName);
    if (copies.every((one) => one.hidden)) {
      box.querySelector("[data-kept-copy]").hidden = true;
      box.querySelector("[data-kept-back]").hidden = false;
    }
  };
  document.addEventListener("DOMContentLoaded", putBack);

  const focusErrors = (root) => root.querySelector?.("[data-focus]")?.focus();
  document.addEventListener("DOMContentLoaded", () => focusErrors(document));
  document.addEventListener("htmx:after:swap", (event) => focusErrors(event.target));
})();
