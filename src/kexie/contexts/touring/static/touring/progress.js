// Something under way (a search, a round of messages, a phone that is to be paired): its panel is renewed until it ends,
// then the page shows what came of it. An answer without content leaves the panel as it is.
const NO_CONTENT = 204;

async function renew(panel) {
  const answer = await fetch(panel.dataset.progress, { credentials: "same-origin" }).catch(() => null);
  if (answer && answer.ok) {
    if (!["WAITING", "RUNNING"].includes(answer.headers.get("X-State"))) return location.reload();
    if (answer.status !== NO_CONTENT) panel.innerHTML = await answer.text();
  }
  return wait(panel);
}

function wait(panel) {
  setTimeout(renew, Number(panel.dataset.every ?? 1000), panel);
}

for (const panel of document.querySelectorAll("[data-progress]")) wait(panel);
