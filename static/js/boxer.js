// <div data-boxer="ID of the textarea"><img></div>: draw boxes with a pointer; each is a line of the textarea, in per cent.
// The textarea is what is sent, and works by itself with the keyboard. <div data-boxer-tools> takes boxes away again.
const SPACE = "http://www.w3.org/2000/svg";

for (const frame of document.querySelectorAll("[data-boxer]")) {
  const lines = document.getElementById(frame.dataset.boxer);
  if (!lines) continue;
  const layer = document.createElementNS(SPACE, "svg");
  layer.setAttribute("class", "snb-boxer__layer");
  layer.setAttribute("viewBox", "0 0 100 100");
  layer.setAttribute("preserveAspectRatio", "none");
  layer.setAttribute("aria-hidden", "true");
  frame.append(layer);

  const redraw = (extra) => {
    const boxes = lines.value
      .split("\n")
      .map((line) => line.replaceAll(",", " ").trim().split(/\s+/).map(Number))
      .filter((box) => box.length === 4 && box.every(Number.isFinite));
    layer.replaceChildren(...[...boxes, ...(extra ? [extra] : [])].map(rectangle));
    return boxes.length;
  };

  const tools = document.querySelector("[data-boxer-tools]");
  const count = tools.querySelector("[data-boxer-count]");
  const put = (written) => {
    lines.value = written;
    say(redraw());
  };
  const say = (number) => {
    const words = number === 0 ? count.dataset.none : number === 1 ? count.dataset.one : count.dataset.many;
    count.textContent = words.replace("NUMBER", number);
  };
  tools.querySelector("[data-boxer-undo]").addEventListener("click", () => put(withoutLast(lines.value)));
  tools.querySelector("[data-boxer-clear]").addEventListener("click", () => put(""));
  tools.hidden = false;
  lines.addEventListener("input", () => say(redraw()));
  say(redraw());

  let start;
  const at = (event) => {
    const { left, top, width, height } = layer.getBoundingClientRect();
    const clamp = (value) => Math.round(Math.min(100, Math.max(0, value)) * 10) / 10;
    return [clamp(((event.clientX - left) / width) * 100), clamp(((event.clientY - top) / height) * 100)];
  };
  const box = (event) => {
    const [x, y] = at(event);
    const round = (value) => Math.round(value * 10) / 10;
    return [Math.min(x, start[0]), Math.min(y, start[1]), round(Math.abs(x - start[0])), round(Math.abs(y - start[1]))];
  };
  frame.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    start = at(event);
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => start && redraw(box(event)));
  frame.addEventListener("pointerup", (event) => {
    if (!start) return;
    const drawn = box(event);
    start = undefined;
    if (drawn[2] >= 1 && drawn[3] >= 1) put(`${lines.value.trimEnd()}\n${drawn.join(" ")}`.trimStart());
    else redraw();
  });
  frame.addEventListener("pointercancel", () => {
    start = undefined;
    redraw();
  });
}

function withoutLast(written) {
  return written.trimEnd().split("\n").slice(0, -1).join("\n");
}

function rectangle([x, y, width, height]) {
  const shape = document.createElementNS(SPACE, "rect");
  shape.setAttribute("class", "snb-boxer__box");
  for (const [name, value] of Object.entries({ x, y, width, height })) shape.setAttribute(name, value);
  return shape;
}
