// Draws the places that a page gives as JSON beside its pane. Tiles lie beneath only where the site has set some; the
// page says the same in words elsewhere, so nothing is lost where this does not run.
const L = window.L;
const CLOSEST = 13;
const EDGE = [24, 24];

function words(one) {
  const box = document.createElement("div");
  const title = document.createElement(one.href ? "a" : "strong");
  title.textContent = one.label;
  if (one.href) title.href = one.href;
  box.append(title);
  if (one.note) {
    const note = document.createElement("p");
    note.textContent = one.note;
    box.append(note);
  }
  return box;
}

function tone(kind, one) {
  return one.tone ? `map-${kind} map-${kind}--${one.tone}` : `map-${kind}`;
}

function name(one) {
  const icon = L.divIcon({ className: "map-name", html: document.createElement("span"), iconSize: null });
  icon.options.html.textContent = one.label;
  return L.marker(one.at, { icon, interactive: false, keyboard: false });
}

function draw(pane) {
  const told = JSON.parse(document.getElementById(pane.dataset.map).textContent);
  if (!told.spots.length && !told.names.length) return;
  pane.replaceChildren();
  pane.classList.add("map--live");
  const map = L.map(pane, { attributionControl: Boolean(told.credit), scrollWheelZoom: false, zoomSnap: 0.25, maxZoom: 18 });
  map.fitBounds(L.latLngBounds([...told.spots, ...told.names].map((one) => one.at)), { padding: EDGE, maxZoom: CLOSEST });
  for (const url of told.tiles) L.tileLayer(url, { attribution: told.credit, maxZoom: 18 }).addTo(map);
  for (const one of told.tracks) L.polyline(one.at, { className: tone("track", one), weight: 2 }).bindTooltip(one.label, { sticky: true }).addTo(map);
  for (const one of told.names) name(one).addTo(map);
  for (const one of told.spots) L.circleMarker(one.at, { className: tone("dot", one), radius: 5, weight: 1.5 }).bindTooltip(one.label).bindPopup(() => words(one)).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  // The wheel turns the page until somebody has taken hold of the map.
  map.once("focus click", () => map.scrollWheelZoom.enable());
}

for (const pane of document.querySelectorAll("[data-map]")) draw(pane);
