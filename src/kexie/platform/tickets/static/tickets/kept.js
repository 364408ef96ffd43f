// Shows the tickets kept on this device, the next one first; those of past days go.
const WORDS = JSON.parse(document.getElementById("words").textContent);
const place = document.getElementById("kept");
const DAY = 86_400_000;

navigator.serviceWorker?.register(document.body.dataset.worker).catch(() => {});

function make(tag, name, text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function card(ticket, remove) {
  const article = make("article", "kept__ticket");
  const drawing = new DOMParser().parseFromString(ticket.drawing, "text/html").querySelector("svg");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${WORDS.code} ${ticket.code}`);
  const button = make("button", "button", WORDS.remove);
  button.type = "button";
  button.addEventListener("click", () => { remove(ticket.code); article.remove(); });
  const frame = make("div", "kept__code");
  frame.append(document.importNode(drawing, true));
  article.append(make("h2", "", ticket.title), make("p", "kept__when", `${ticket.when} · ${WORDS.people.replace("{n}", ticket.size)}`), frame, make("p", "kept__number", ticket.code), button);
  return article;
}

function show(db) {
  const tickets = db.transaction("tickets", "readwrite").objectStore("tickets");
  const remove = (code) => db.transaction("tickets", "readwrite").objectStore("tickets").delete(code);
  tickets.getAll().onsuccess = (event) => {
    const past = event.target.result.filter((one) => one.endsAt < Date.now() - DAY);
    for (const one of past) tickets.delete(one.code);
    const left = event.target.result.filter((one) => !past.includes(one)).sort((a, b) => a.endsAt - b.endsAt);
    place.replaceChildren(...left.map((one) => card(one, remove)));
    if (!left.length) place.append(make("p", "kept__none", WORDS.none));
  };
}

const request = indexedDB.open("kexie-tickets", 1);
request.onupgradeneeded = () => request.result.createObjectStore("tickets", { keyPath: "code" });
request.onsuccess = () => show(request.result);
request.onerror = () => place.append(make("p", "kept__none", WORDS.failed));
