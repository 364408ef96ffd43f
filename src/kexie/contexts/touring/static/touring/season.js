// The board: a stop is dragged to another van or day; what that breaks and costs is asked of the server before anything is sent.
const board = document.querySelector("[data-board]");
const say = document.querySelector("[data-say]");
const FAR = 6;

async function ask(form) {
  const query = new URLSearchParams({ stop: form.elements.stop.value, van: form.elements.van.value, day: form.elements.day.value });
  const answer = await fetch(`${board.dataset.try}?${query}`, { credentials: "same-origin" });
  return answer.ok ? answer.json() : { allowed: false, text: "" };
}

function show(form, found) {
  for (const place of [form.querySelector("[data-effect]"), say]) {
    place.textContent = found.text;
    place.toggleAttribute("data-bad", !found.allowed);
  }
  const button = form.querySelector('button[value="move"]');
  button.disabled = !found.allowed;
  return button;
}

function cellAt(event) {
  const under = document.elementFromPoint(event.clientX, event.clientY);
  return under ? under.closest("td[data-day]") : null;
}

function drag(stop, start) {
  const form = stop.querySelector("form");
  let over = null;
  let moved = false;
  const mark = (cell) => {
    if (over) over.classList.remove("is-over");
    over = cell;
    if (over) over.classList.add("is-over");
  };
  const onMove = (event) => {
    moved = moved || Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > FAR;
    if (!moved) return;
    event.preventDefault();
    stop.classList.add("is-held");
    mark(cellAt(event));
  };
  const end = () => {
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointerup", onUp);
    window.removeEventListener("pointercancel", end);
    stop.classList.remove("is-held");
    mark(null);
  };
  const onUp = async (event) => {
    const cell = cellAt(event);
    end();
    if (!moved || !cell || cell.contains(stop)) return;
    form.elements.van.value = cell.dataset.van;
    form.elements.day.value = cell.dataset.day;
    stop.open = true;
    const button = show(form, await ask(form));
    if (!button.disabled) button.focus();
  };
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", onUp);
  window.addEventListener("pointercancel", end);
  // The click that ends a drag must not fold the stop.
  stop.addEventListener("click", (event) => { if (moved && event.target.closest("summary")) event.preventDefault(); }, { once: true, capture: true });
}

if (board) {
  board.addEventListener("pointerdown", (event) => {
    const stop = event.target.closest("summary") && event.target.closest("[data-stop]");
    if (stop && event.button === 0 && !stop.hasAttribute("data-locked") && stop.querySelector("form")) drag(stop, event);
  });
  board.addEventListener("change", async (event) => {
    const form = event.target.closest("form");
    if (form && form.elements.van) show(form, await ask(form));
  });
}
