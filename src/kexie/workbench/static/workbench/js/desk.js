// The desk's keys (n, c, e, ?) and its search boxes: one of many things found by name.

const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  for (const element of document.querySelectorAll("[data-hotkey]")) {
    // What is hidden (the bulk bar without a choice) has no key either.
    if (element.dataset.hotkey === event.key && element.offsetParent !== null) {
      event.preventDefault();
      element.click();
      return;
    }
  }
});

let boxes = 0;

function setUpSearchBox(root) {
  const text = root.querySelector("[data-search-box-text]");
  const id = root.querySelector("[data-search-box-id]");
  const label = root.querySelector("[data-search-box-label]");
  const list = document.createElement("ul");
  let items = [], at = -1, asked = 0, timer = null;

  list.className = "search-box__list";
  list.id = `search-box-${boxes += 1}`;
  list.role = "listbox";
  list.hidden = true;
  root.append(list);
  const status = document.createElement("span");
  status.className = "visually-hidden";
  status.setAttribute("aria-live", "polite");
  root.append(status);
  text.setAttribute("role", "combobox");
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", list.id);
  text.setAttribute("aria-expanded", "false");

  const close = () => {
    list.hidden = true;
    at = -1;
    text.setAttribute("aria-expanded", "false");
    text.removeAttribute("aria-activedescendant");
  };

  const mark = (next) => {
    at = next;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    const option = list.children[at];
    if (!option) return;
    text.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const choose = (item) => {
    text.value = label.value = item.label;
    id.value = item.id;
    close();
    text.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const show = (found) => {
    items = found;
    list.replaceChildren(...items.map((item, index) => {
      const option = document.createElement("li");
      option.role = "option";
      option.id = `${list.id}-${index}`;
      option.className = "search-box__option";
      const name = document.createElement("span");
      name.textContent = item.label;
      const hint = document.createElement("span");
      hint.className = "search-box__hint";
      hint.textContent = item.hint;
      option.append(name, hint);
      // Before the box loses its focus, which would close the list.
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(item); });
      return option;
    }));
    status.textContent = String(items.length);
    list.hidden = items.length === 0;
    text.setAttribute("aria-expanded", String(!list.hidden));
    if (items.length) mark(0);
  };

  const ask = async () => {
    const turn = asked += 1;
    const entry = root.closest("[data-keep]") ? "&for=entry" : "";
    try {
      const answer = await fetch(`${root.dataset.url}?q=${encodeURIComponent(text.value)}${entry}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || turn !== asked || document.activeElement !== text) return;
      show((await answer.json()).items);
    } catch { close(); }
  };

  text.addEventListener("input", () => {
    // The text no longer names what was chosen; an empty box means nothing.
    id.value = "";
    if (!text.value) label.value = "";
    clearTimeout(timer);
    timer = setTimeout(ask, 180);
  });
  text.addEventListener("focus", () => { text.select(); });
  text.addEventListener("click", () => { if (list.hidden && !text.value) ask(); });
  text.addEventListener("blur", () => { setTimeout(close, 120); });
  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); ask(); return; }
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); mark(Math.min(at + 1, items.length - 1)); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(Math.max(at - 1, 0)); }
    if (event.key === "Enter" && items[at]) { event.preventDefault(); choose(items[at]); }
    if (event.key === "Escape") { event.stopPropagation(); close(); }
  });
}

for (const root of document.querySelectorAll("[data-search-box]")) setUpSearchBox(root);

// A background import: ask how far it is, and show the finished page once it is done.
const progress = document.querySelector("[data-progress-url]");
if (progress) {
  const bar = progress.querySelector("progress");
  const line = progress.querySelector(".progress__line span:last-child");
  const watch = async () => {
    try {
      const answer = await fetch(progress.dataset.progressUrl, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const found = await answer.json();
        if (!found.running) { location.reload(); return; }
        bar.max = Math.max(found.total, 1);
        bar.value = found.done;
        line.textContent = found.text;
      }
    } catch { /* the network is gone for a moment: ask again */ }
    setTimeout(watch, 1000);
  };
  setTimeout(watch, 700);
}
