// Messages can be closed, and go by themselves when they ask for nothing.
for (const toast of document.querySelectorAll("[data-toast]")) {
  const close = toast.querySelector("[data-toast-close]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
  if (!toast.classList.contains("toast--error")) setTimeout(() => { if (!toast.contains(document.activeElement)) toast.remove(); }, 8000);
}
// Paper cannot be opened: tables behind charts are.
window.addEventListener("beforeprint", () => { for (const table of document.querySelectorAll("details.chart__table")) table.open = true; });
// data-print prints the page.
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
