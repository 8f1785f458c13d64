// Draws a signature on a canvas and writes it, as one SVG path of whole coordinates, into the
// hidden field of its form. Without scripts the form still takes a scan of the signed paper.
(() => {
  "use strict";

  const WIDTH = 600;
  const HEIGHT = 200;

  const start = (box) => {
    const canvas = box.querySelector("canvas");
    const field = box.closest("form").querySelector("input[name=drawing]");
    const clear = box.querySelector("[data-clear]");
    if (!canvas || !field) return;
    const pen = canvas.getContext("2d");
    const ink = getComputedStyle(canvas).color;
    let path = "";
    let last = null;

    const wipe = () => {
      pen.clearRect(0, 0, WIDTH, HEIGHT);
      pen.lineWidth = 3;
      pen.lineCap = "round";
      pen.lineJoin = "round";
      pen.strokeStyle = ink;
      path = "";
      field.value = "";
    };
    const place = (event) => {
      const area = canvas.getBoundingClientRect();
      const x = Math.round(((event.clientX - area.left) * WIDTH) / area.width);
      const y = Math.round(((event.clientY - area.top) * HEIGHT) / area.height);
      return [Math.min(WIDTH, Math.max(0, x)), Math.min(HEIGHT, Math.max(0, y))];
    };
    const down = (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      last = place(event);
      path += `${path ? " " : ""}M${last[0]} ${last[1]}`;
    };
    const move = (event) => {
      if (!last) return;
      const next = place(event);
      if (Math.abs(next[0] - last[0]) + Math.abs(next[1] - last[1]) < 3) return;
      pen.beginPath();
      pen.moveTo(...last);
      pen.lineTo(...next);
      pen.stroke();
      path += ` L${next[0]} ${next[1]}`;
      last = next;
    };
    const up = () => {
      last = null;
      field.value = path;
    };

    canvas.addEventListener("pointerdown", down);
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    clear?.addEventListener("click", wipe);
    // A page that came back with something to correct still holds what was drawn.
    const drawn = field.value;
    wipe();
    if (drawn) {
      path = field.value = drawn;
      pen.stroke(new Path2D(drawn));
    }
    box.hidden = false;
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll("[data-signature]")) start(box);
  });
})();
