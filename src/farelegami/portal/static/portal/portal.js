// The family's pages on a phone: the shell without a line, photos made smaller before they leave,
// and a receipt that waits on the phone until the line is back.
(() => {
  "use strict";

  const worker = document.body.dataset.worker;
  if (worker && "serviceWorker" in navigator) {
    navigator.serviceWorker.register(worker, { scope: "/mio/" }).catch(() => {});
  }

  const LONGEST_SIDE = 1600;
  const shrink = async (file) => {
    if (!file.type.startsWith("image/")) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
      return small && small.size < file.size ? new File([small], "scontrino.jpg", { type: "image/jpeg" }) : file;
    } catch {
      return file;
    }
  };

  document.querySelectorAll("input[type=file][data-shrink]").forEach((input) => {
    input.addEventListener("change", async () => {
      if (!input.files.length || !window.DataTransfer) return;
      const files = new DataTransfer();
      files.items.add(await shrink(input.files[0]));
      input.files = files.files;
    });
  });

  // ---- what waits for the line

  const STORE = "waiting";
  const open = () =>
    new Promise((done, failed) => {
      const asked = indexedDB.open("mio", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { autoIncrement: true });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  const run = async (mode, act) => {
    const base = await open();
    return new Promise((done, failed) => {
      const asked = act(base.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  };

  const form = document.querySelector("form[data-outbox]");
  form?.addEventListener("submit", async (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    const parts = [...new FormData(form).entries()];
    await run("readwrite", (store) => store.add({ to: form.action || location.href, parts }));
    location.assign("/mio/senza-linea/");
  });

  // The page that answered is not shown: what it says is.
  const say = (answer, where) => {
    const said = [...new DOMParser().parseFromString(answer, "text/html").querySelectorAll(where)];
    document.querySelector("#avvisi")?.append(...said);
    return said;
  };
  const sayWhyNot = (answer, form) => {
    for (const said of say(answer, ".alertf-r")) {
      // The fields it points to are on the page of the form.
      said.querySelectorAll("a").forEach((link) => link.replaceWith(link.textContent));
      const again = document.createElement("a");
      again.href = form;
      again.textContent = document.body.dataset.again;
      said.querySelector(".errors")?.append(again);
    }
  };

  const send = async () => {
    const keys = await run("readonly", (store) => store.getAllKeys());
    for (const key of keys) {
      const waiting = await run("readonly", (store) => store.get(key));
      const body = new FormData();
      waiting.parts.forEach(([name, value]) => body.append(name, value));
      const token = document.querySelector("input[name=csrfmiddlewaretoken]");
      if (token) body.set("csrfmiddlewaretoken", token.value);
      // Sent twice it acts once: the form names its act.
      const answer = await fetch(waiting.to, { method: "POST", body, redirect: "follow" });
      // What is taken leads to the first page. A form shown again says why it is refused: sent as
      // it is it would never be taken. Anything else, such as a sign-in page, leaves it waiting.
      const taken = answer.ok && new URL(answer.url).pathname === "/mio/";
      if (!taken && answer.status !== 422) continue;
      await run("readwrite", (store) => store.delete(key));
      if (taken) say(await answer.text(), "#avvisi > *");
      else sayWhyNot(await answer.text(), waiting.to);
    }
  };
  if ("indexedDB" in window && document.querySelector("input[name=csrfmiddlewaretoken]")) {
    window.addEventListener("online", () => send().catch(() => {}));
    if (navigator.onLine) send().catch(() => {});
  }
})();
