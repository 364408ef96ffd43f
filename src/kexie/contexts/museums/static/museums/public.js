// Booking pages: steps without a round trip, blocks for only as many people as are missing, the time left of a hold,
// free slots kept up to date. Every page works without this.
const number = (input) => { const typed = Number.parseInt(input.value, 10); return Number.isFinite(typed) ? typed : 0; };

const party = document.querySelector("form[data-party]");
if (party) {
  const inputs = [...party.querySelectorAll("[data-count]")];
  const buttons = [...party.querySelectorAll("[data-step]")];
  const most = Number(party.dataset.most);
  const inputOf = (button) => button.parentElement.querySelector("input");
  const refresh = () => {
    const total = inputs.reduce((sum, input) => sum + number(input), 0);
    for (const button of buttons) {
      const up = button.dataset.step === "1";
      button.setAttribute("aria-disabled", String(up ? total >= most : number(inputOf(button)) <= 0));
    }
  };
  party.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    const input = inputOf(button);
    input.value = String(Math.max(0, number(input) + Number(button.dataset.step)));
    refresh();
  });
  party.addEventListener("input", refresh);
  window.addEventListener("pageshow", refresh);  // going back, the browser fills in after scripts have run
  refresh();
}

// Waiting for one's turn at a release: counted by this device's own ticks from the server's time, so a wrong clock does not matter.
const turn = document.querySelector("[data-turn]");
if (turn) {
  const wait = Number(turn.dataset.turn) - Number(turn.dataset.now), since = performance.now();
  const left = turn.querySelector("[data-left]"), said = turn.querySelector("[data-said]");
  const words = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  left.hidden = false;
  const tick = () => {
    const rest = wait - (performance.now() - since), seconds = Math.max(0, Math.ceil(rest / 1000));
    left.textContent = words(seconds);
    if ([600, 300, 60, 10].includes(seconds)) said.textContent = left.textContent;
    if (rest > 0) setTimeout(tick, Math.min(rest, 250));
    else if ("goes" in turn.dataset) party.requestSubmit();
  };
  tick();
}

const who = document.querySelector("form[data-who]");
if (who) {
  const size = Number(who.dataset.size);
  const blocks = [...who.querySelectorAll("[data-person]")];
  const fields = (block) => [...block.querySelectorAll("input:not([type=checkbox])")];
  const filled = (block) => fields(block).some((field) => field.value.trim());
  const consent = who.querySelector("[data-consent]");
  const resident = new Set(["RESIDENT_ID", "HOUSEHOLD"]);
  const setUp = (block) => {
    const kind = block.querySelector("[data-document]").value;
    block.querySelector("[data-birth]").hidden = resident.has(kind);
    block.querySelector("[data-number]").hidden = kind === "NONE";
  };
  const bornOf = (block) => {
    const [, number, birth] = fields(block).map((field) => field.value.replace(/\D/g, ""));
    return resident.has(block.querySelector("[data-document]").value) ? number.slice(6, 14) : birth;
  };
  const isChild = (block) => {
    if (block.querySelector("[data-document]").value === "NONE") return true;
    const born = bornOf(block);
    if (born.length !== 8) return false;
    const now = new Date();
    return Number(`${now.getFullYear() - 14}${String(now.getMonth() + 1).padStart(2, "0")}${String(now.getDate()).padStart(2, "0")}`) < Number(born);
  };
  const refresh = () => {
    const picked = who.querySelectorAll("input[name=pick]:checked").length;
    let room = size - picked;
    for (const block of blocks) {
      block.hidden = !filled(block) && room <= 0;
      if (!block.hidden) room -= 1;
      setUp(block);
    }
    const children = blocks.some((block) => !block.hidden && filled(block) && isChild(block));
    consent.hidden = !(children || consent.querySelector("[aria-invalid]"));
  };
  who.addEventListener("input", refresh);
  who.addEventListener("change", refresh);
  window.addEventListener("pageshow", refresh);
  refresh();
}

const countdown = document.querySelector("[data-until]");
if (countdown) {
  const until = Number(countdown.dataset.until) * 1000;
  const behind = Date.now() - Number(countdown.dataset.now) * 1000;  // this device's clock against the server's
  const left = countdown.querySelector("[data-left]");
  left.hidden = false;
  const tick = () => {
    const seconds = Math.max(0, Math.round((until - (Date.now() - behind)) / 1000));
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    countdown.classList.toggle("is-short", seconds < 60);
    if (seconds) setTimeout(tick, 1000);
  };
  tick();
}

// The grid is fetched again while the page is looked at; 304 costs nothing.
for (const box of document.querySelectorAll("[data-fresh]")) {
  let tag = "";
  const renew = async () => {
    if (document.hidden || box.contains(document.activeElement)) return;
    try {
      const answer = await fetch(box.dataset.fresh, { headers: tag ? { "If-None-Match": tag } : {} });
      if (answer.status !== 200) return;
      const next = answer.headers.get("ETag");
      if (next === tag) return;
      const first = !tag;
      tag = next;
      const html = await answer.text();
      if (!first || html.trim() !== box.innerHTML.trim()) box.innerHTML = html;
    } catch { /* without a network the page stays as it is */ }
  };
  setInterval(renew, 20000);
  document.addEventListener("visibilitychange", renew);
}
