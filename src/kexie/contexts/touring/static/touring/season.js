// The board: a stop is dragged to another van or day; what that breaks and costs is asked of the server before anything is sent.
const board = document.querySelector("[data-board]");
const say = document.querySelector("[data-say]");
const FAR = 6;

const PAUSE = 150;

async function ask(stop, van, day) {
  const query = new URLSearchParams({ stop, van, day });
  const answer = await fetch(`${board.dataset.try}?${query}`, { credentials: "same-origin" });
  return answer.ok ? answer.json() : { allowed: false, text: "" };
}

function askFor(form) {
  return ask(form.elements.stop.value, form.elements.van.value, form.elements.day.value);
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

// A word beside the pointer while a stop is held over a day: what dropping it there would break and cost.
function hinter(stop) {
  const hint = document.createElement("p");
  hint.className = "season-hint";
  const known = new Map();
  let waiting = null;
  let current = null;
  const tell = (cell, found) => {
    cell.dataset.allowed = found.allowed ? "yes" : "no";
    if (cell !== current) return;
    hint.textContent = found.text;
    hint.toggleAttribute("data-bad", !found.allowed);
    if (found.text) document.body.append(hint);
  };
  const over = (cell) => {
    clearTimeout(waiting);
    hint.remove();
    current = cell;
    if (!cell || cell.contains(stop)) return;
    if (known.has(cell)) return tell(cell, known.get(cell));
    waiting = setTimeout(async () => {
      const found = await ask(stop.dataset.stop, cell.dataset.van, cell.dataset.day);
      known.set(cell, found);
      tell(cell, found);
    }, PAUSE);
  };
  const follow = (event) => {
    hint.style.left = `${Math.min(event.clientX + 16, window.innerWidth - 336)}px`;
    hint.style.top = `${event.clientY + 16}px`;
  };
  const end = () => {
    clearTimeout(waiting);
    current = null;
    hint.remove();
    for (const cell of known.keys()) delete cell.dataset.allowed;
  };
  return { over, follow, end };
}

function drag(stop, start) {
  const hints = hinter(stop);
  const form = stop.querySelector("form");
  let over = null;
  let moved = false;
  const mark = (cell) => {
    if (cell === over) return;
    if (over) over.classList.remove("is-over");
    over = cell;
    hints.over(cell);
    if (over) over.classList.add("is-over");
  };
  const onMove = (event) => {
    moved = moved || Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > FAR;
    if (!moved) return;
    event.preventDefault();
    stop.classList.add("is-held");
    hints.follow(event);
    mark(cellAt(event));
  };
  const end = () => {
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointerup", onUp);
    window.removeEventListener("pointercancel", end);
    stop.classList.remove("is-held");
    mark(null);
    hints.end();
  };
  const onUp = async (event) => {
    const cell = cellAt(event);
    end();
    if (!moved || !cell || cell.contains(stop)) return;
    const { van, day } = form.elements;
    const before = [van.value, day.value];
    [van.value, day.value] = [cell.dataset.van, cell.dataset.day];
    stop.open = true;
    const button = show(form, await askFor(form));
    if (!button.disabled) return button.click();
    // It stays where it was, and so do its fields; why is left to be read.
    [van.value, day.value] = before;
    say.textContent += say.dataset.stays;
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
    if (form && form.elements.van) show(form, await askFor(form));
  });
}

// A host's link is copied where the browser allows it; elsewhere it opens as any link.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copied] a[href*='/caravans/confirm/']");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  const words = link.textContent;
  await navigator.clipboard.writeText(link.href);
  link.textContent = link.closest("[data-copied]").dataset.copied;
  setTimeout(() => { link.textContent = words; }, 2000);
});
