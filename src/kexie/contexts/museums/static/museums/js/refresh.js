// data-refresh="address" data-refresh-every="seconds": fetches a part of the page again while it is looked at.
// What has the focus keeps it; a failure is said in [data-refresh-failed] and tried again.
for (const part of document.querySelectorAll("[data-refresh]")) {
  const failed = document.querySelector("[data-refresh-failed]");
  let busy = false;
  const refresh = async () => {
    if (busy || document.hidden || document.querySelector("dialog[open]")) return;
    busy = true;
    try {
      const answer = await fetch(part.dataset.refresh, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      const focused = part.contains(document.activeElement) ? document.activeElement : null;
      const address = focused && (focused.id ? `#${CSS.escape(focused.id)}` : focused.getAttribute("href") && `a[href="${CSS.escape(focused.getAttribute("href"))}"]`);
      const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
      part.innerHTML = html;
      for (const id of open) { const one = document.getElementById(id); if (one) one.open = true; }
      if (address) { const again = part.querySelector(address); if (again) again.focus({ preventScroll: true }); }
      if (failed) failed.hidden = true;
    } catch {
      if (failed) failed.hidden = false;
    } finally {
      busy = false;
    }
  };
  setInterval(refresh, Number(part.dataset.refreshEvery || 20) * 1000);
  document.addEventListener("visibilitychange", refresh);
}
