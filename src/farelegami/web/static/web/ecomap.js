// The circles of an ecomap can be moved, with a finger, a mouse or the arrow keys, and whoever is
// pointed at stands out with their tie and their row of the table. Nothing is saved; without
// scripts the drawing and the table are the same.
(() => {
  "use strict";

  const STEP = 12;
  const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const number = (element, name) => Number(element.getAttribute(name));
  const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
  const pair = (point) => point.map((each) => each.toFixed(1)).join(" ");

  // As the server draws it: see web/drawings/ecomap.py.
  const lineTo = (hub, spot) => {
    const [dx, dy] = [spot.x - hub.x, spot.y - hub.y];
    const far = Math.hypot(dx, dy) || 1;
    const [ux, uy] = [dx / far, dy / far];
    const start = hub.r + 5;
    const length = Math.max(8, far - start - spot.r - 6);
    const at = (along, aside = 0) => [
      hub.x + ux * (start + along) - uy * aside,
      hub.y + uy * (start + along) + ux * aside,
    ];
    return { length, at };
  };

  const zigzag = (line, start, end) => {
    const turns = Math.max(2, Math.round((end - start) / 11));
    const step = (end - start) / turns;
    const points = [line.at(start)];
    for (let i = 0; i < turns; i += 1) points.push(line.at(start + (i + 0.5) * step, i % 2 ? 8 : -8));
    points.push(line.at(end));
    return `M${points.map(pair).join("L")}`;
  };

  const drawTie = (tie, hub, spot) => {
    const line = lineTo(hub, spot);
    const [path, arrow] = tie.querySelectorAll("path");
    if (!tie.dataset.tie) {
      path.setAttribute("d", `M${pair(line.at(0, 7))}L${pair(line.at(line.length, 7))}`);
      return;
    }
    const [strength, direction] = tie.dataset.tie.split(" ");
    const head = 11 + number(path, "stroke-width");
    const start = direction === "receives" ? head - 2 : 0;
    const end = line.length - (direction === "gives" ? head - 2 : 0);
    path.setAttribute(
      "d",
      strength === "tense"
        ? zigzag(line, start, end)
        : `M${pair(line.at(start))}L${pair(line.at(end))}`,
    );
    if (!arrow) return;
    const [tip, back] = direction === "receives" ? [0, head] : [line.length, -head];
    const corners = [line.at(tip), line.at(tip + back, head / 2), line.at(tip + back, -head / 2)];
    arrow.setAttribute("d", `M${corners.map(pair).join("L")}z`);
  };

  const enliven = (box) => {
    const svg = box.querySelector("svg.ecomap");
    const mid = svg?.querySelector(".mid");
    if (!mid) return;
    const hub = { x: number(mid, "cx"), y: number(mid, "cy"), r: number(mid, "r") };
    const page = svg.viewBox.baseVal;
    const reset = box.querySelector("[data-eco-reset]");
    const nodes = [...svg.querySelectorAll(".node")];
    const moved = new Map();
    let held = null;
    let pointed = null;
    let focused = null;
    let chosen = null;

    const of = (n) => box.querySelectorAll(`[data-n="${n}"]`);

    const light = () => {
      for (const one of box.querySelectorAll(".lit")) one.classList.remove("lit");
      const shown = pointed ?? focused ?? chosen;
      if (shown === null) return;
      svg.classList.add("lit");
      for (const one of of(shown)) one.classList.add("lit");
    };

    const choose = (n) => {
      chosen = chosen === n ? null : n;
      for (const one of nodes) one.setAttribute("aria-pressed", String(one.dataset.n === chosen));
      light();
    };

    const place = (node, dx, dy) => {
      const circle = node.querySelector("circle");
      const home = { x: number(circle, "cx"), y: number(circle, "cy"), r: number(circle, "r") };
      const size = node.getBBox();
      let x = home.x + clamp(dx, page.x - size.x, page.x + page.width - size.x - size.width);
      let y = home.y + clamp(dy, page.y - size.y, page.y + page.height - size.y - size.height);
      // The person in the middle stays in sight, with room for the tie.
      const near = hub.r + home.r + 22;
      const far = Math.hypot(x - hub.x, y - hub.y);
      if (far < near) {
        const [ux, uy] = far ? [(x - hub.x) / far, (y - hub.y) / far] : [0, -1];
        [x, y] = [hub.x + ux * near, hub.y + uy * near];
      }
      moved.set(node, [x - home.x, y - home.y]);
      node.setAttribute("transform", `translate(${pair([x - home.x, y - home.y])})`);
      for (const tie of of(node.dataset.n)) {
        if (tie.classList.contains("tie")) drawTie(tie, hub, { x, y, r: home.r });
      }
      reset.hidden = false;
    };

    const inDrawing = (event) =>
      new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());

    for (const node of nodes) {
      node.setAttribute("tabindex", "0");
      node.setAttribute("role", "button");
      node.setAttribute("aria-pressed", "false");
      node.setAttribute("aria-label", node.querySelector("title").textContent);

      node.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        node.setPointerCapture(event.pointerId);
        const [dx, dy] = moved.get(node) ?? [0, 0];
        const from = inDrawing(event);
        held = { node, x: from.x - dx, y: from.y - dy, from, far: false };
      });
      node.addEventListener("pointermove", (event) => {
        if (held?.node !== node) return;
        const at = inDrawing(event);
        held.far ||= Math.hypot(at.x - held.from.x, at.y - held.from.y) > 5;
        if (held.far) place(node, at.x - held.x, at.y - held.y);
      });
      node.addEventListener("pointerup", () => {
        if (held?.node === node && !held.far) choose(node.dataset.n);
        held = null;
      });
      node.addEventListener("pointercancel", () => {
        held = null;
      });
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          choose(node.dataset.n);
        } else if (event.key in KEYS && !event.altKey && !event.ctrlKey && !event.metaKey) {
          event.preventDefault();
          const [dx, dy] = moved.get(node) ?? [0, 0];
          const [right, down] = KEYS[event.key];
          place(node, dx + right * STEP, dy + down * STEP);
        } else if (event.key === "Escape" && chosen !== null) {
          choose(chosen);
        }
      });
    }

    for (const row of box.querySelectorAll("tr[data-n]")) row.setAttribute("tabindex", "0");
    const numberOf = (event) => event.target.closest("[data-n]")?.dataset.n ?? null;
    box.addEventListener("pointerover", (event) => {
      // A finger has no hovering: it chooses by touching.
      pointed = event.pointerType === "touch" ? null : numberOf(event);
      if (!held) light();
    });
    box.addEventListener("pointerleave", () => {
      pointed = null;
      light();
    });
    box.addEventListener("focusin", (event) => {
      focused = numberOf(event);
      light();
    });
    box.addEventListener("focusout", () => {
      focused = null;
      light();
    });

    reset.addEventListener("click", () => {
      for (const node of moved.keys()) {
        place(node, 0, 0);
        node.removeAttribute("transform");
      }
      moved.clear();
      reset.hidden = true;
      nodes[0]?.focus();
    });

    svg.classList.add("live");
    // What can be reached one by one is no longer one picture.
    svg.setAttribute("role", "group");
    box.querySelector("[data-eco-tools]").hidden = false;
  };

  for (const box of document.querySelectorAll("[data-eco]")) enliven(box);
})();
