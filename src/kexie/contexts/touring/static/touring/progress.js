// Something under way (a search, a round of messages, a phone that is to be paired): its panel is renewed until it ends,
// then the page shows what came of it. An answer without content leaves the panel as it is.
const NO_CONTENT = 204;

async function renew(panel) {
  const answer = await fetch(panel.dataset.progress, { credentials: "same-origin" }).catch(() => null);
  if (answer && answer.ok) {
    if (!["WAITING", "RUNNING"].includes(answer.headers.get("X-State"))) return location.reload();
    if (answer.status !== NO_CONTENT) panel.innerHTML = await answer.text();
    const kept = answer.headers.get("X-Kept");
    if (kept && kept !== panel.dataset.kept && await grow()) panel.dataset.kept = kept;
  }
  return wait(panel);
}

// What the page shows beside the panel, as it stands by now: figures, days, what is missing.
async function grow() {
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of document.querySelectorAll("[data-grows]")) {
    const found = page.querySelector(`[data-grows="${place.dataset.grows}"]`);
    if (found && !place.contains(document.activeElement)) place.innerHTML = found.innerHTML;
  }
  return true;
}

function wait(panel) {
  setTimeout(renew, Number(panel.dataset.every ?? 1000), panel);
}

for (const panel of document.querySelectorAll("[data-progress]")) wait(panel);
