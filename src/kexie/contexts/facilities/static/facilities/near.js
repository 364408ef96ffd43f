// Lists what is nearest to where the browser is. The position is used here and goes nowhere.
const SHOWN = 20;
const RADIUS = 6371008.8;
const button = document.querySelector("[data-near]");
const status = document.querySelector("[data-near-status]");
const list = document.querySelector("[data-near-list]");
const words = document.getElementById("near-words").dataset;
const places = JSON.parse(document.getElementById("near-places").textContent);
const pattern = document.getElementById("near-item");

const radians = (degrees) => (degrees * Math.PI) / 180;

function metres([north, east], [toNorth, toEast]) {
  const chord = Math.sin(radians(toNorth - north) / 2) ** 2
    + Math.cos(radians(north)) * Math.cos(radians(toNorth)) * Math.sin(radians(toEast - east) / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.sqrt(Math.min(1, chord)));
}

function far(n) {
  return n < 1000 ? words.metres.replace("{n}", Math.max(100, Math.round(n / 100) * 100)) : words.kilometres.replace("{n}", (n / 1000).toFixed(1));
}

function item(one) {
  const made = pattern.content.cloneNode(true);
  const link = made.querySelector("a");
  link.textContent = one.name;
  link.href = one.href;
  made.querySelector(".ruled__meta").textContent = one.meta;
  const open = made.querySelector(".near__open");
  open.textContent = one.words;
  open.classList.toggle("near__open--yes", one.open === true);
  if (!one.words) open.remove();
  made.querySelector(".ruled__side").textContent = far(one.metres);
  return made;
}

function show(position) {
  const here = [position.coords.latitude, position.coords.longitude];
  const nearest = places.map((one) => ({ ...one, metres: metres(here, one.at) })).sort((a, b) => a.metres - b.metres);
  list.replaceChildren(...nearest.slice(0, SHOWN).map(item));
  status.classList.remove("muted");
  status.textContent = nearest.length ? words.found : words.none;
  button.disabled = false;
}

// What to do about it depends on why there is no position.
function refuse({ code }) {
  status.textContent = { 1: words.denied, 2: words.unavailable, 3: words.late }[code] ?? words.unavailable;
  status.classList.remove("muted");
  button.disabled = false;
}

if (button && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    status.textContent = words.asking;
    navigator.geolocation.getCurrentPosition(show, refuse, { timeout: 15000, maximumAge: 60000 });
  });
}
