// Shows only what the chosen kind of document asks for: a resident number says the birth date, a child may have no number.
const kind = document.querySelector("select[name=document]");
const parts = document.querySelectorAll("[data-not-for]");

function show() {
  for (const part of parts) {
    const wrong = part.querySelector("[aria-invalid=true]");
    part.hidden = !wrong && part.dataset.notFor.split(" ").includes(kind.value);
  }
}

if (kind) {
  kind.addEventListener("change", show);
  show();
}
