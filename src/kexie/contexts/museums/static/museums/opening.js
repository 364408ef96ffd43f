// Forms of opening: only what the chosen change needs is shown; rules read as visitors will; a running change is followed.
for (const form of document.querySelectorAll("form[data-change]")) {
  const refresh = () => {
    const data = new FormData(form);
    const change = data.get("change");
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = Boolean(change) ? !part.dataset.for.split(" ").includes(change) : part.tagName !== "FIELDSET";
    for (const part of form.querySelectorAll("[data-policy]")) part.hidden = data.get("policy") !== part.dataset.policy;
  };
  form.addEventListener("change", refresh);
  refresh();
}

for (const pick of document.querySelectorAll("[data-pick]")) {
  const boxes = [...pick.querySelectorAll("input[type=checkbox]")];
  const shown = pick.querySelector("[data-pick-shown]");
  const sum = pick.querySelector("[data-pick-sum]");
  const visible = (box) => !box.closest("[data-pick-day]").hidden;
  const count = () => {
    const chosen = boxes.filter((box) => box.checked);
    const left = chosen.reduce((total, box) => total + Number(box.dataset.left), 0);
    sum.textContent = sum.dataset.words.replace("{count}", chosen.length).replace("{left}", left);
    sum.hidden = false;
  };
  const filter = () => {
    for (const day of pick.querySelectorAll("[data-pick-day]")) {
      const is = shown.value === "chosen" ? Boolean(day.querySelector("input:checked")) : day.dataset.pickDay === shown.value;
      day.hidden = Boolean(shown.value) && !is;
    }
    for (const group of pick.querySelectorAll("[data-pick-group]")) group.hidden = !group.querySelector("[data-pick-day]:not([hidden])");
  };
  const set = (value) => {
    for (const box of boxes) if (value ? visible(box) : true) box.checked = value;
    count();
  };
  pick.querySelector("[data-pick-bar]").hidden = false;
  shown.addEventListener("change", filter);
  pick.querySelector("[data-pick-all]").addEventListener("click", () => set(true));
  pick.querySelector("[data-pick-none]").addEventListener("click", () => set(false));
  pick.addEventListener("change", count);
  count();
}

for (const form of document.querySelectorAll("form[data-words]")) {
  const out = document.querySelector("[data-words-out]");
  let asked = 0;
  form.addEventListener("change", async () => {
    const mine = ++asked;
    const answer = await fetch(form.dataset.words, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    // The answer is our own template's text.
    if (answer.ok && mine === asked) out.innerHTML = await answer.text();
  });
}

const running = document.querySelector("[data-reload]");
if (running) setTimeout(() => location.reload(), Number(running.dataset.reload) * 1000);
