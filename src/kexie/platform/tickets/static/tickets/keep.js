// Keeps the ticket of this page on the device, and removes those of anybody who was signed in here before.
const NAME = "kexie-tickets";
const ticket = JSON.parse(document.getElementById("ticket-to-keep").textContent);
const told = document.getElementById("ticket-kept");

const request = indexedDB.open(NAME, 1);
request.onupgradeneeded = () => request.result.createObjectStore("tickets", { keyPath: "code" });
request.onsuccess = () => {
  const transaction = request.result.transaction("tickets", "readwrite");
  const tickets = transaction.objectStore("tickets");
  const all = tickets.openCursor();
  all.onsuccess = () => {
    const cursor = all.result;
    if (!cursor) { tickets.put(ticket); return; }
    if (cursor.value.owner !== ticket.owner) cursor.delete();
    cursor.continue();
  };
  transaction.oncomplete = () => { told.hidden = false; request.result.close(); };
};
navigator.serviceWorker?.register(told.dataset.worker, { scope: told.dataset.page }).catch(() => {});
