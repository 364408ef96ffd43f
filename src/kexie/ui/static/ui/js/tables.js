// Tables: choosing rows, the bulk bar, and keys: "/" searches, j and k walk the rows, Enter opens, x chooses.
const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;

function setUpSelection(table) {
  const boxes = () => [...table.querySelectorAll(`tbody input[name="${table.dataset.select}"]`)];
  const all = table.querySelector("[data-select-all]");
  const bar = document.querySelector(`[data-bulk="${table.dataset.select}"]`);
  const refresh = () => {
    const chosen = boxes().filter((box) => box.checked);
    for (const box of boxes()) box.closest("tr").setAttribute("aria-selected", String(box.checked));
    all.checked = chosen.length > 0 && chosen.length === boxes().length;
    all.indeterminate = chosen.length > 0 && !all.checked;
    if (!bar) return;
    bar.hidden = chosen.length === 0;
    const count = bar.querySelector("[data-bulk-count]");
    if (count) count.textContent = String(chosen.length);
  };
  all.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; refresh(); });
  table.addEventListener("change", refresh);
  refresh();
}

function walk(table, step) {
  const rows = [...table.tBodies[0].rows];
  const at = rows.findIndex((row) => row.classList.contains("is-current"));
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  if (!next) return;
  for (const row of rows) row.classList.toggle("is-current", row === next);
  const link = next.querySelector("a");
  if (link) link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const table = document.querySelector("table[data-keys]");
  const search = document.querySelector("[data-search]");
  if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
  if (!table || !table.tBodies.length) return;
  if (event.key === "j") walk(table, 1);
  if (event.key === "k") walk(table, -1);
  if (event.key === "x") {
    const box = table.querySelector("tr.is-current input[type=checkbox]");
    if (box) box.click();
  }
});

function setUp(root) {
  for (const table of root.querySelectorAll("table[data-select]")) {
    if (table.dataset.ready) continue;
    table.dataset.ready = "1";
    setUpSelection(table);
  }
}
setUp(document);
// htmx swaps parts of pages: what arrives is set up as well.
for (const name of ["htmx:after:swap", "htmx:afterSwap"]) document.addEventListener(name, () => setUp(document));
