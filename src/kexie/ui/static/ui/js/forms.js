// Forms: focus the error summary, apply filters on change, keep unsent answers, show chosen files, send once.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (form && event.target.type !== "search") form.requestSubmit ? form.requestSubmit() : form.submit();
});

// data-keep="name": answers survive a reload, a lost session and a 503; passwords and files are never kept.
const keepable = (form) => [...form.elements].filter((field) =>
  field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type) && !field.hasAttribute("data-no-keep"));
const storageKey = (form) => `kexie:answers:${form.dataset.keep}`;

function remember(form) {
  const answers = keepable(form)
    .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
    .map((field) => [field.name, field.value]);
  try { sessionStorage.setItem(storageKey(form), JSON.stringify(answers)); } catch { /* storage full or refused: nothing is kept */ }
}

function restore(form) {
  let answers = null;
  try { answers = JSON.parse(sessionStorage.getItem(storageKey(form))); } catch { return; }
  if (!answers || form.querySelector("[aria-invalid=true]")) return;
  const byName = new Map();
  for (const [name, value] of answers) byName.set(name, [...(byName.get(name) || []), value]);
  for (const field of keepable(form)) {
    const values = byName.get(field.name);
    if (["checkbox", "radio"].includes(field.type)) field.checked = Boolean(values && values.includes(field.value));
    else if (values && !field.value) field.value = values[0];
  }
}

let unsaved = null;
for (const form of document.querySelectorAll("form[data-keep]")) {
  // Answers are kept here, and forgotten once saved: a browser that goes back must not bring them into a new form.
  form.autocomplete = "off";
  restore(form);
  form.addEventListener("input", () => { unsaved = form; remember(form); });
  form.addEventListener("submit", () => { unsaved = null; });
}
for (const done of document.querySelectorAll("[data-forget]")) sessionStorage.removeItem(`kexie:answers:${done.dataset.forget}`);

window.addEventListener("beforeunload", (event) => {
  if (unsaved && unsaved.isConnected) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  if (event.submitter) event.submitter.classList.add("is-busy");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll(".is-busy")) button.classList.remove("is-busy");
});

for (const zone of document.querySelectorAll("[data-upload]")) {
  const input = zone.querySelector("input[type=file]");
  const list = zone.querySelector("[data-upload-files]");
  const show = () => { list.textContent = [...input.files].map((file) => `${file.name} · ${Math.ceil(file.size / 1024)} KB`).join("；"); };
  input.addEventListener("change", show);
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// Filters fold on phones unless one of them is set.
for (const button of document.querySelectorAll("[data-fold]")) {
  const form = button.closest("form");
  const fields = [...form.querySelectorAll(".field:not(.field--search) :is(input, select)")];
  if (!fields.length) continue;
  const set = fields.some((field) => field.value && field.value !== field.querySelector?.("option")?.value);
  const fold = (on) => {
    form.classList.toggle("is-folded", on);
    button.setAttribute("aria-expanded", String(!on));
  };
  form.classList.toggle("has-search", Boolean(form.querySelector(".field--search")));
  button.hidden = false;
  fold(!set);
  button.addEventListener("click", () => fold(!form.classList.contains("is-folded")));
}
