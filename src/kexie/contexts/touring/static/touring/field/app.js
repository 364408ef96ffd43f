// The crews' field log: every note is kept on the phone first, encrypted, and sent when there is a network.
import { ask, Refused } from "../../ui/offline/ask.js";
import { importKey, lock, Store, unlock } from "../../ui/offline/store.js";
import { atWheel, current, doubt, money, MOST_PEOPLE, same, standing, stopsOf, WARN_MINUTES, whole } from "./model.js";

const W = JSON.parse(document.getElementById("words").textContent);
const API = document.body.dataset.api, BATCH = 200, KEEP_DAYS = 3;
const $ = (id) => document.getElementById(id);
let turn = Promise.resolve();
const S = { store: null, key: null, token: null, pack: null, notes: [], asked: "", writing: 0, sync: null, offline: false };

const say = (name, values = {}) => W[name].replace(/\{(\w+)\}/g, (_all, key) => values[key]);
const two = (n) => String(n).padStart(2, "0");
const dayOf = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

async function begin() {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(document.body.dataset.worker, { scope: document.body.dataset.scope });
  S.store = await Store.open("kexie-field");
  S.key = await S.store.get("key");
  const kept = S.key && await S.store.get("token");
  S.token = kept ? await unlock(kept, S.key) : null;
  if (!S.token) return pairing("", offered());
  await load();
  askAgain(offered());
  sync();
}

// The code that a QR code brought behind `#`, which no server sees; taken out of the address at once.
function offered() {
  const code = new URLSearchParams(location.hash.slice(1)).get("pair") ?? "";
  if (code) history.replaceState(null, "", location.pathname);
  return code;
}

async function load() {
  const kept = await S.store.get("pack");
  S.pack = kept ? await unlock(kept, S.key) : { vans: [], drivers: [], sites: [], planned: [] };
  S.notes = await S.store.notes(S.key);
  show();
}

// A code that was scanned pairs by itself; one that is typed waits for the button.
function pairing(told = "", code = "") {
  $("log").hidden = true;
  $("pairing").hidden = false;
  error("pairing", told);
  if (code) {
    $("code").value = code;
    inTurn(() => pair(code));
  }
}

async function pair(typed) {
  const code = typed.trim();
  if (!code) return error("pairing", W.needCode);
  try {
    const told = await ask(`${API}pair`, { body: { code } });
    // Notes that were not sent are kept under the key the phone has.
    S.key ??= await importKey(Uint8Array.from(atob(told.key), (one) => one.charCodeAt(0)));
    S.token = told.token;
    await S.store.put({ key: S.key, token: await lock(told.token, S.key) });
    $("code").value = "";
    await load();
    await sync();
  } catch (problem) {
    if (!S.token) return error("pairing", problem instanceof Refused ? problem.message : W.lost);
    return error("again", problem instanceof Refused ? problem.message : W.lost);
  }
  return $("again").close();
}

// A paired phone that scans another code is asked; what waits is sent in the old name first.
function askAgain(code) {
  if (!code) return;
  error("again", "");
  $("again").dataset.code = code;
  $("again").showModal();
}

async function again() {
  await sync();
  return S.token ? pair($("again").dataset.code) : $("again").close();
}

async function unpair() {
  await sync();
  if (waiting()) await sync(); // the first may have begun before the last note was written
  const n = waiting();
  if (n) return error("unpairing", say("unsent", { n }));
  try {
    await ask(`${API}unpair`, { token: S.token, body: {} });
  } catch (problem) {
    if (!(problem instanceof Refused)) return error("unpairing", W.lost);
  }
  $("unpairing").close();
  return wipe(W.unpaired);
}

// The token opens nothing any more: this phone's place was given to another one. What was not sent is kept for a new pairing.
async function lapse() {
  S.token = null;
  await S.store.put({ token: null });
  const n = waiting();
  pairing(n ? say("lapsedUnsent", { n }) : W.lapsed);
}

// One act after the other: a quick thumb must not write to the stop that was left while the last note was being kept.
function inTurn(act) {
  S.writing += 1;
  state();
  turn = turn.then(act).finally(() => {
    S.writing -= 1;
    state();
  });
}

// Write a note down: on the phone first, whatever the network does.
async function write(kind, data, log = current(S.notes, dayOf(new Date()))) {
  const at = moment();
  const note = { id: crypto.randomUUID(), kind, at: at.toISOString(), caravan: log.caravan, on: log.on ?? dayOf(at), data };
  let kept;
  try {
    kept = await S.store.append(note, S.key);
  } catch {
    return error("more", W.failed);
  }
  S.notes.push(kept); // read after the waiting: a sync that tidies up meanwhile puts a new list in its place
  S.asked = "";
  $("when").value = "";
  show();
  sync();
}

// Now, or the time that was entered because this is written down afterwards.
function moment() {
  const now = new Date(), [hours, minutes] = $("when").value.split(":").map(Number);
  if ($("when").value) now.setHours(hours, minutes, 0, 0);
  return now;
}

// Whoever asks while a sync is under way waits for that one.
function sync() {
  S.sync ??= exchange().finally(() => { S.sync = null; });
  return S.sync;
}

async function exchange() {
  if (!S.token) return;
  try {
    while (await sendSome());
    S.pack = await ask(`${API}pack`, { token: S.token });
    await S.store.put({ pack: await lock(S.pack, S.key) }, old());
    S.offline = false;
    options();
  } catch (problem) {
    if (problem instanceof Refused && problem.code === "revoked") return wipe(W.wiped);
    if (problem instanceof Refused && problem.code === "unknown") return lapse();
    S.offline = true;
  }
  show();
}

// Send a batch; a note leaves the queue only when the server said that it keeps it, or why it does not.
async function sendSome() {
  const waiting = S.notes.filter((note) => !note.sent && !note.refused);
  const batch = waiting.slice(0, BATCH);
  if (!batch.length) return false;
  const notes = batch.map(({ id, kind, at, caravan, on, data }) => ({ id, kind, at, caravan, on, data }));
  const told = await ask(`${API}notes`, { token: S.token, body: { notes, last: batch.length === waiting.length } });
  for (const note of batch) {
    if (told.kept.includes(note.id)) note.sent = true;
    else if (told.refused[note.id]) note.refused = told.refused[note.id];
    else throw new Error("unanswered");
    await S.store.change(note, S.key);
  }
  return true;
}

function old() {
  const since = dayOf(new Date(Date.now() - KEEP_DAYS * 86_400_000));
  const gone = S.notes.filter((note) => note.sent && note.on < since);
  S.notes = S.notes.filter((note) => !gone.includes(note));
  return gone.map((note) => note.seq);
}

async function wipe(told) {
  await S.store.wipe();
  Object.assign(S, { key: null, token: null, pack: null, notes: [] });
  redraw("notes", [], () => []);
  pairing(told);
}

const waiting = () => S.notes.filter((note) => !note.sent && !note.refused).length;

function rows() {
  const log = current(S.notes, dayOf(new Date()));
  return log ? standing(S.notes).filter((note) => same(note, log)) : [];
}

function show() {
  if (!S.token) return;
  const found = rows(), stops = stopsOf(found), ended = found.some((note) => note.kind === "END");
  $("pairing").hidden = true;
  $("log").hidden = false;
  $("start").hidden = found.length > 0;
  for (const id of ["road", "count", "end", "more"]) $(id).hidden = !found.length || (ended && id !== "more" && id !== "count");
  $("count").hidden ||= !stops.length;
  $("done").hidden = !ended;
  $("paired").textContent = S.pack.phone ? say("pairedAs", { name: S.pack.phone, who: S.pack.who }) : "";
  state();
  wheel(found);
  places(stops);
  stopChoices(stops);
  list();
  options();
}

function state() {
  const n = S.writing + waiting();
  $("state").textContent = S.offline ? say("offline", { n }) : n ? say("waiting", { n }) : W.online;
  $("state").classList.toggle("field-state--off", S.offline);
}

function wheel(found) {
  const n = atWheel(found, new Date());
  $("wheel").hidden = n < WARN_MINUTES;
  if (n >= WARN_MINUTES) $("wheel").textContent = say("wheel", { n });
}

// Put new children only where they look different, and say whether: no tap or choice is lost to a button drawn again.
function redraw(id, looks, make) {
  const now = JSON.stringify(looks);
  if ($(id).dataset.looks === now) return false;
  $(id).dataset.looks = now;
  $(id).replaceChildren(...make());
  return true;
}

// The planned stops that are still to come, one tap each.
function places(stops) {
  const log = current(S.notes, dayOf(new Date())), seen = new Set(stops.map((stop) => stop.site));
  const open = (S.pack.planned ?? []).filter((one) => log && one.van === log.caravan && !seen.has(one.site));
  redraw("planned", open.map((one) => one.site), () => open.map((one) => {
    const button = made("button", one.name, "button field-place");
    button.type = "button";
    button.addEventListener("click", () => inTurn(() => arrive(one.name, one.site)));
    return button;
  }));
}

function arrive(spot, site = "") {
  return write("ARRIVE", { stop: crypto.randomUUID(), spot, site });
}

const standingAt = (stops) => stops.filter((stop) => !stop.left).pop();

function stopChoices(stops) {
  const kept = $("at").value;
  const here = standingAt(stops);
  const label = (stop) => (stop.count === null ? stop.spot : `${stop.spot} · ${stop.count}`);
  const drawn = redraw("at", [stops, here?.id], () => stops.map((stop) => choice(stop.id, label(stop))));
  if (drawn) $("at").value = here?.id ?? (stops.some((stop) => stop.id === kept) ? kept : stops[stops.length - 1]?.id ?? "");
  $("leave").hidden = !here;
}

function options() {
  for (const [id, items, first] of [["van", S.pack.vans, W.choose], ["driver", S.pack.drivers, W.noDriver]]) {
    const kept = $(id).value;
    const drawn = redraw(id, items.map((one) => [one.id, one.name]), () => [choice("", first), ...items.map((one) => choice(one.id, one.name))]);
    if (drawn) $(id).value = items.some((one) => one.id === kept) ? kept : items.length === 1 ? items[0].id : "";
  }
  redraw("sites", S.pack.sites.map((one) => one.name), () => S.pack.sites.map((one) => choice(one.name, one.name)));
}

function list() {
  const undone = new Set(S.notes.filter((note) => note.kind === "UNDO").map((note) => note.data.of));
  const shown = S.notes.filter((note) => note.kind !== "UNDO").sort((a, b) => b.seq - a.seq);
  const looks = shown.map((note) => [note.id, undone.has(note.id), note.refused]);
  redraw("notes", looks, () => shown.map((note) => item(note, undone.has(note.id))));
  $("notes-box").hidden = !shown.length;
}

function item(note, undone) {
  const at = new Date(note.at), line = made("li", "", undone ? "field-undone" : "");
  line.append(made("time", `${two(at.getHours())}:${two(at.getMinutes())}`), made("span", `${W[note.kind]} ${told(note)}${undone ? ` · ${W.undone}` : ""}`));
  if (note.refused) line.append(made("strong", say("refused", { why: note.refused }), "field-told"));
  if (undone || note.refused) return line;
  const button = made("button", W.undo, "button field-undo");
  button.type = "button";
  button.setAttribute("aria-label", `${W.undo} ${W[note.kind]} ${told(note)}`);
  button.addEventListener("click", () => inTurn(() => write("UNDO", { of: note.id }, note)));
  line.append(button);
  return line;
}

function told({ data }) {
  if (data.count !== undefined) return String(data.count);
  if (data.km !== undefined) return `${data.km} ${W.km}`;
  return data.spot ?? data.text ?? data.yuan ?? S.notes.find((note) => note.kind === "ARRIVE" && note.data.stop === data.stop)?.data.spot ?? "";
}

// What looks wrong is asked about once; the same input sent again holds.
function asks(form, words, input) {
  if (S.asked === `${form} ${input}`) return false;
  S.asked = `${form} ${input}`;
  error(form, words);
  return true;
}

// A reading with the word that explains it, or null if it is still asked about.
function reading(form, last) {
  const km = whole($(`${form}-km`).value), word = $(`${form}-word`).value.trim();
  if (km === null) return error(form, W.needKm);
  const found = doubt(km, last);
  if (found && !word) {
    $(`${form}-why`).hidden = false;
    return error(form, say(found[0], { n: found[1] }));
  }
  return { km, word };
}

const ON = {
  pairing: () => pair($("code").value),
  start() {
    const van = S.pack.vans.find((one) => one.id === $("van").value);
    if (!van) return error("start", W.needVan);
    const read = reading("start", van.km);
    return read && write("START", { ...read, driver: $("driver").value }, { caravan: van.id });
  },
  road() {
    const spot = $("spot").value.trim();
    if (!spot) return error("road", W.needSpot);
    $("spot").value = "";
    return arrive(spot, S.pack.sites.find((one) => one.name === spot)?.id);
  },
  count() {
    const count = whole($("people").value);
    if (count === null) return error("count", W.needCount);
    if (!$("method").value || !$("audience").value) return error("count", W.needMethod);
    if (count > MOST_PEOPLE && asks("count", say("manyPeople", { n: count }), count)) return null;
    $("people").value = "";
    return write("COUNT", { stop: $("at").value, count, method: $("method").value, audience: $("audience").value });
  },
  end() {
    const read = reading("end", rows().find((note) => note.kind === "START")?.data.km);
    return read && write("END", read);
  },
  note: () => worded("note", "note-text", (text) => write("NOTE", { text })),
  incident: () => worded("incident", "incident-text", (text) => write("INCIDENT", { kind: $("incident-kind").value, text })),
  cost() {
    const yuan = money($("cost-yuan").value);
    if (yuan === null) return error("cost", W.needYuan);
    $("cost-yuan").value = "";
    return write("COST", { kind: $("cost-kind").value, yuan });
  },
};

function worded(form, id, then) {
  const text = $(id).value.trim();
  if (!text) return error(form, W.needText);
  $(id).value = "";
  return then(text);
}

function error(form, words) {
  const place = $(`${form}-error`);
  place.textContent = words;
  place.hidden = !words;
  return null;
}

function made(tag, text, className = "") {
  const found = document.createElement(tag);
  found.textContent = text;
  if (className) found.className = className;
  return found;
}

function choice(value, label) {
  const found = made("option", label);
  found.value = value;
  return found;
}

for (const [id, act] of Object.entries(ON)) {
  $(`${id}-form`).addEventListener("submit", (event) => {
    event.preventDefault();
    error(id, "");
    inTurn(() => act(event));
  });
}
$("leave").addEventListener("click", () => inTurn(() => write("LEAVE", { stop: standingAt(stopsOf(rows())).id })));
$("unpair").addEventListener("click", () => {
  error("unpairing", "");
  $("unpairing").showModal();
});
for (const [id, act] of [["again", again], ["unpairing", unpair]]) {
  $(`${id}-no`).addEventListener("click", () => $(id).close());
  $(`${id}-yes`).addEventListener("click", () => inTurn(act));
}
window.addEventListener("hashchange", () => {
  const code = offered();
  return S.token ? askAgain(code) : pairing("", code);
});
window.addEventListener("online", sync);
setInterval(sync, 30_000);
begin();
