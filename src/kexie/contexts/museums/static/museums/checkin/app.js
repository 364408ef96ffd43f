// The scanner's screen. Everything it decides stands in rules.js; here it is asked, shown, and noted down.
import { ask, Refused } from "../../ui/offline/ask.js";
import { importKey, Store } from "../../ui/offline/store.js";
import { Camera } from "./camera.js";
import { open as openList } from "./daylist.js";
import { clock, decide, local, occupancy } from "./rules.js";
import { tell, wake } from "./sound.js";
import { batchOf } from "./sync.js";
import { fromBase64, isOurs, read } from "./ticket.js";

const $ = (id) => document.getElementById(id);
const WORDS = JSON.parse($("words").textContent);
const API = document.body.dataset.api;
const EVERY = 15_000, SHOWN = 5_000, MOST_CHANGES = 100;
const S = { notes: [], tally: null, skew: 0, online: false, doubles: [], gate: "", direction: "IN", sound: true };

const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const offset = () => S.list?.head.offset ?? -new Date().getTimezoneOffset();
const here = (at = Date.now()) => local(at + S.skew, offset());

// --- beginning ------------------------------------------------------------------------------------------------

async function begin() {
  S.store = await Store.open("kexie-checkin");
  S.device = await S.store.get("device");
  S.key = await S.store.get("key");
  navigator.serviceWorker?.register(document.body.dataset.worker, { scope: API.replace(/api\/$/, "") }).catch(() => {});
  navigator.storage?.persist?.().catch(() => {});
  if (!S.device || !S.key) return showPairing();
  for (const name of ["tally", "skew", "gate", "direction", "sound"]) S[name] = (await S.store.get(name)) ?? S[name];
  S.notes = await S.store.notes(S.key);
  await loadList();
  return S.gate ? showDesk() : showChoosing();
}

function only(id) {
  for (const one of ["pairing", "choosing", "desk"]) $(one).hidden = one !== id;
}

function showPairing(told = "") {
  only("pairing");
  say($("pairing-told"), told);
  const code = new URLSearchParams(location.hash.slice(1)).get("pair");
  history.replaceState(null, "", location.pathname);
  if (code) { $("pairing-code").value = code; pair(code); }
}

async function pair(typed) {
  const code = typed.normalize("NFKC").replace(/[\s-]/g, "");
  if (code.length !== 8) return wrong($("pairing-code"), $("pairing-error"), WORDS.needCode);
  wrong($("pairing-code"), $("pairing-error"), "");
  try {
    const { key, ...device } = await ask(`${API}pair`, { body: { code } });
    S.key = await importKey(fromBase64(key));
    S.device = device;
    S.gate = device.gate;
    await S.store.wipe();
    await S.store.put({ device, key: S.key });
    showChoosing();
  } catch (error) {
    wrong($("pairing-code"), $("pairing-error"), error instanceof Refused && error.message ? error.message : WORDS.noNetwork);
  }
}

function showChoosing() {
  only("choosing");
  S.camera?.stop();
  $("choosing-gate").value = S.gate;
  for (const way of document.getElementsByName("direction")) way.checked = way.value === S.direction;
}

function showDesk() {
  only("desk");
  $("sound").checked = S.sound;
  S.camera ??= new Camera($("video"), document.body.dataset.wasm, (text) => handle(text, true));
  S.camera.start().then((why) => {
    $("camera-told").textContent = why ? WORDS[why] : "";
    $("camera-told").hidden = !why;
    $("view").classList.toggle("gate-view--off", Boolean(why));
  });
  clear();
  paint();
  sync();
}

// --- what the server knows -------------------------------------------------------------------------------------

async function loadList() {
  const sealed = await S.store.get("list");
  if (!sealed) return;
  try {
    const list = await openList(sealed, S.key, S.device.keys);
    for (const one of (await S.store.get("changes")) ?? []) {
      const change = await openList(one, S.key, S.device.keys);
      list.patch(change);
    }
    S.list = list;
    S.doubles = S.list.head.doubles ?? [];
  } catch {
    S.list = null; // it will be fetched again
  }
}

async function sync() {
  if (S.syncing || !S.device) return;
  S.syncing = true;
  try {
    while (await sendBatch());
    await refresh();
    S.online = true;
  } catch (error) {
    S.online = false;
    if (error instanceof Refused && error.status === 401) await leave(error.code === "revoked" ? WORDS.wiped : error.message);
  } finally {
    S.syncing = false;
    if (S.device) paint();
  }
}

// Send the oldest notes; true while more wait.
async function sendBatch() {
  const asked = Date.now();
  const { taken, body } = batchOf(S.notes, S.gate, asked);
  const told = await ask(`${API}notes`, { token: S.device.token, body });
  // At once, before anything is awaited: a person who is decided on meanwhile is neither missed nor counted twice.
  for (const note of taken) note.sent = true;
  S.tally = { ...told.tally, day: local(told.now, offset()).day };
  S.skew = told.now - Math.round((asked + Date.now()) / 2);
  for (const note of taken) await S.store.change(note, S.key);
  await S.store.put({ tally: S.tally, skew: S.skew });
  return body.pending > 0;
}

async function refresh() {
  const sent = S.notes.filter((note) => note.sent).map((note) => note.seq);
  const stored = (await S.store.get("changes")) ?? [];
  const whole = !S.list || S.list.head.day !== here().day || stored.length >= MOST_CHANGES;
  const since = whole ? "" : `?since=${encodeURIComponent(S.list.head.cursor)}`;
  const sealed = await ask(`${API}list${since}`, { token: S.device.token, binary: true });
  const got = await openList(sealed, S.key, S.device.keys);
  if (got.head.full) S.list = got; else S.list.patch(got);
  // What was sent before this list was made is in it; only what is newer still has to be added to it. Both change
  // together, here and in the store, or a party that is decided on in between would count twice.
  S.notes = S.notes.filter((note) => !sent.includes(note.seq));
  if (got.head.tally) S.tally = { ...got.head.tally, day: got.head.day };
  S.doubles = S.list.head.doubles ?? [];
  const values = got.head.full ? { list: sealed, changes: [] } : got.count ? { changes: [...stored, sealed] } : {};
  await S.store.put(values, sent);
}

async function leave(told) {
  S.camera?.stop();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  await S.store.wipe();
  Object.assign(S, { device: null, key: null, list: null, notes: [], tally: null, doubles: [], gate: "", direction: "IN" });
  showPairing(told);
}

// --- noting down -----------------------------------------------------------------------------------------------

async function record(what) {
  const at = Date.now();
  const note = { id: crypto.randomUUID(), at, ...here(at), verdict: "COUNTED", kind: "TICKET", direction: S.direction, ...what };
  try {
    const kept = await S.store.append(note, S.key);
    S.notes.push(kept);
    S.last = kept;
    paint();
    sync();
    return kept;
  } catch {
    show({ tone: "bad", title: WORDS.failed, text: "" });
    return null;
  }
}

async function takeBack(note) {
  note.undone = true;
  if (S.notes.includes(note)) await S.store.change(note, S.key);
  await record({ undoes: note.id, count: note.count, verdict: "REFUSED" });
}

// --- deciding --------------------------------------------------------------------------------------------------

async function handle(text, scanned = false) {
  if (S.waiting && scanned) return null; // a party stands here and is asked how many go in
  S.waiting = false;
  const ticket = read(text);
  if (!ticket && scanned) return refuse({ code: "notticket" });
  if (!ticket) return search(text);
  const signed = await isOurs(ticket, S.device.keys);
  return weigh({ ticket, signed, row: S.list?.find(ticket.id) ?? null });
}

function inside() {
  const tally = S.tally?.day === here().day ? S.tally : null;
  return occupancy(tally, S.notes.filter((note) => !note.sent), here().day);
}

function weigh({ ticket = null, signed = true, row }) {
  const id = row?.id ?? ticket?.id;
  const verdict = decide({
    ticket, signed, row, head: S.list?.head, venue: S.device.venue, direction: S.direction, offset: offset(),
    mine: S.notes.filter((note) => note.reservation === id), inside: inside().inside, ...here(),
  });
  S.current = verdict;
  S.id = id;
  if (!verdict.ok) return refuse(verdict);
  if (verdict.most === 1) return admit(1);
  S.waiting = true;
  S.count = verdict.most;
  show({ tone: "good", ...phrase(verdict), who: whoOf(verdict), step: true });
  return null;
}

async function refuse(verdict) {
  S.current = verdict;
  if (verdict.row && S.direction === "IN") record({ verdict: "REFUSED", count: 1, reservation: verdict.row.id, reason: verdict.code });
  const soft = ["early", "late", "full", "unsure", "notin", "held", "notticket"].includes(verdict.code);
  show({ tone: soft ? "warn" : "bad", ...phrase(verdict), who: whoOf(verdict), override: S.direction === "IN" && verdict.code !== "notticket" });
}

async function admit(count, more = {}) {
  const verdict = S.current, out = S.direction === "OUT";
  S.waiting = false;
  const known = Boolean(verdict.row || verdict.ticket);
  const note = await record({ count, reservation: known && verdict.code !== "elsewhere" && verdict.code !== "forged" ? S.id : null, kind: known ? "TICKET" : "WALK_IN", ...more });
  if (!note) return;
  const rest = verdict.size - verdict.standing.inside - count;
  const left = rest > 0 ? fill(WORDS.restLeft, { n: rest }) : known ? WORDS.allIn : "";
  const [title, text] = WORDS.verdicts[out ? "gone" : "admitted"];
  show({ tone: "good", done: true, title: fill(title, { n: count }), text: fill(text, { left }), who: whoOf(verdict), undo: note });
}

function phrase(verdict) {
  const [title, text] = WORDS.verdicts[verdict.code];
  const { slot, standing = {} } = verdict;
  const first = verdict.first ?? standing.first;
  const values = {
    most: verdict.most, size: verdict.size, in: standing.entered, inside: verdict.code === "full" ? inside().inside : standing.inside,
    cap: verdict.cap, day: verdict.day, slot: slot && `${clock(slot.start)}–${clock(slot.end)}`, last: slot && clock(slot.last),
    from: slot && clock(Math.max(0, slot.start - (S.list?.head.early ?? 0))),
    when: first ? clock(first.minute) : "", gate: first ? gateName(first.gate) : WORDS.otherGate,
  };
  return { title: fill(title, values), text: fill(text, values) };
}

function gateName(number) {
  if (number === null || number === undefined) return S.gate || WORDS.thisDevice;
  return S.list?.head.gates[number] || WORDS.otherGate;
}

function whoOf(verdict) {
  const { row, ticket } = verdict;
  if (!row) return ticket && verdict.ok ? WORDS.unlisted : "";
  const tags = [[1, WORDS.group], [2, WORDS.priority], [4, WORDS.minors]].filter(([bit]) => row.flags & bit).map(([, word]) => word);
  const names = row.people.slice(0, 3).map((person) => person.name).join("、");
  const slot = S.list?.head.names?.[row.slot];
  return [row.code, names, slot, ...tags].filter(Boolean).join(" · ");
}

// --- looking up ------------------------------------------------------------------------------------------------

async function search(typed) {
  const text = typed.normalize("NFKC").trim();
  const plain = text.replace(/[\s-]/g, "");
  wrong($("entry"), $("entry-error"), plain ? "" : WORDS.needInput);
  if (!plain) return;
  const rows = await lookUp(text, plain);
  $("entry").value = "";
  if (rows.length === 1) { weigh({ row: rows[0] }); return; }
  list(rows);
}

async function lookUp(text, plain) {
  if (/[^\x00-\x7f]/.test(text)) return S.list?.byName(text) ?? [];
  if (/^[0-9]{17}[0-9Xx]$/.test(plain)) return (await online(plain)) ?? S.list?.byTail(plain) ?? [];
  const coded = S.list?.byCode(plain) ?? [];
  if (coded.length) return coded;
  const tailed = plain.length === 6 && S.list ? await S.list.byTail(plain) : [];
  if (tailed.length || plain.length < 7) return tailed;
  return (await online(plain)) ?? [];
}

// Whoever has this whole number, asked of the server; null without a network.
async function online(number) {
  try {
    const sealed = await ask(`${API}find`, { token: S.device.token, body: { number }, binary: true });
    const found = await openList(sealed, S.key, S.device.keys);
    return Array.from({ length: found.count }, (_, i) => S.list?.find(found.row(i).id) ?? found.row(i));
  } catch {
    return null;
  }
}

function list(rows) {
  const items = rows.map((row) => {
    const item = document.createElement("li"), button = document.createElement("button");
    const slot = S.list.head.slots[row.slot];
    button.type = "button";
    button.className = "gate-found__one";
    const code = document.createElement("b");
    code.textContent = row.code;
    button.append(code, ` ${row.people.map((person) => person.name).join("、")} · ${fill(WORDS.people, { n: row.size })}${slot ? ` · ${clock(slot[0])}` : ""}`);
    button.addEventListener("click", () => { $("finding").close(); weigh({ row }); });
    item.append(button);
    return item;
  });
  $("found").replaceChildren(...items);
  $("finding-told").textContent = rows.length ? fill(WORDS.found, { n: rows.length }) : WORDS.nothing;
  $("finding").showModal();
}

// --- showing ---------------------------------------------------------------------------------------------------

function show({ tone, title, text, who = "", step = false, undo = null, override = false, done = false }) {
  clearTimeout(S.timer);
  $("answer").className = `gate-answer gate-answer--${tone}${done ? " gate-answer--done" : ""}`;
  $("answer").querySelector(".gate-answer__mark").textContent = { good: "✓", bad: "✕", warn: "!" }[tone];
  $("answer-title").textContent = title;
  $("answer-text").textContent = text;
  $("answer-who").textContent = who;
  $("step").hidden = $("go").hidden = !step;
  $("override").hidden = !override;
  $("undo").hidden = !undo;
  S.undo = undo;
  $("answer").hidden = false;
  if (step) paintStep();
  tell(tone, S.sound);
  if (done) S.timer = setTimeout(clear, SHOWN);
}

function clear() {
  clearTimeout(S.timer);
  S.waiting = false;
  $("answer").hidden = true;
  if (matchMedia("(pointer: fine)").matches && !document.querySelector("dialog[open]")) $("entry").focus();
}

function paintStep() {
  $("step-count").textContent = S.count;
  $("go").textContent = fill(S.direction === "OUT" ? WORDS.letOut : WORDS.admit, { n: S.count });
}

function paint() {
  const day = here().day, now = inside(), cap = S.list?.head.cap;
  const waiting = S.notes.filter((note) => !note.sent).length;
  $("museum").textContent = S.device.museum;
  $("gate").textContent = S.gate;
  $("way").querySelector("span").textContent = WORDS[S.direction];
  $("desk").classList.toggle("gate-desk--out", S.direction === "OUT");
  $("net").textContent = S.online ? WORDS.online : WORDS.offline;
  $("state").classList.toggle("gate-state--off", !S.online);
  $("queue").textContent = waiting ? fill(WORDS.waiting, { n: waiting }) : WORDS.allSent;
  $("list").textContent = listWords(day);
  $("inside").textContent = now.inside;
  $("cap").textContent = cap ? ` / ${cap}` : "";
  $("entered").textContent = now.entered;
  $("left").textContent = now.left;
  const minutes = Math.round(Math.abs(S.skew) / 60_000);
  $("skew").textContent = minutes ? fill(WORDS.skew, { minutes }) : "";
  paintDoubles();
}

function listWords(day) {
  if (!S.list) return WORDS.noList;
  if (S.list.head.day !== day) return fill(WORDS.oldList, { day: S.list.head.day });
  return fill(WORDS.listAt, { time: clock(local(Date.parse(S.list.head.cursor), offset()).minute), n: S.list.count });
}

function paintDoubles() {
  const found = S.doubles;
  $("doubles").hidden = !found.length;
  if (!found.length) { $("doubles").replaceChildren(); S.shownDoubles = ""; return; }
  const shown = JSON.stringify(found);
  if (shown === S.shownDoubles) return;
  S.shownDoubles = shown;
  tell("warn", S.sound);
  const head = document.createElement("b");
  head.textContent = fill(WORDS.doubles, { n: found.length });
  const lines = found.slice(0, 3).map((one) => {
    const line = document.createElement("p");
    line.textContent = fill(WORDS.double, {
      code: one.code, gate: one.gate, n: one.count, time: clock(local(one.at, offset()).minute),
      firstGate: one.first?.gate ?? WORDS.otherGate, firstTime: one.first ? clock(local(one.first.at, offset()).minute) : "",
    });
    return line;
  });
  $("doubles").replaceChildren(head, ...lines);
}

function say(element, text) { element.textContent = text; element.hidden = !text; }

function wrong(input, error, text) {
  say(error, text);
  if (text) { input.setAttribute("aria-invalid", "true"); input.focus(); } else input.removeAttribute("aria-invalid");
}

// --- hands -----------------------------------------------------------------------------------------------------

function many() {
  const other = parseInt($("many-other").value.normalize("NFKC"), 10);
  return other > 0 ? Math.min(other, 500) : Number(document.querySelector("[name=many]:checked").value);
}

async function countPeople(kind, count) {
  const out = kind === "COUNT", now = inside(), cap = S.list?.head.cap;
  if (!out && cap && now.inside + count > cap) {
    const [title, text] = WORDS.verdicts.full;
    tell("warn", S.sound);
    $("walkins-told").textContent = `${title}：${fill(text, { inside: now.inside, cap })}`;
    return;
  }
  const note = await record({ kind, count, direction: out ? "OUT" : "IN", reservation: null });
  if (!note) return;
  const [title, text] = WORDS.verdicts[out ? "left" : "counted"];
  const values = { n: count, kind: WORDS.counts[kind] ?? "" };
  $("many-other").value = "";
  $("walkins-told").textContent = `${fill(title, values)}，${text}`;
  $("walkins-undo").hidden = false;
  S.undoWalkIn = note;
  tell("good", S.sound);
  if (!$("walkins").open) show({ tone: "good", done: true, title: fill(title, values), text, undo: note });
}

function onSubmit(id, does) {
  $(id).addEventListener("submit", (event) => { event.preventDefault(); does(); });
}

function listen() {
  addEventListener("pointerdown", wake, { passive: true });
  addEventListener("keydown", wake);
  addEventListener("online", sync);
  addEventListener("offline", () => { S.online = false; if (S.device) paint(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
  setInterval(sync, EVERY);
  onSubmit("pairing-form", () => pair($("pairing-code").value));
  onSubmit("choosing-form", choose);
  onSubmit("entry-form", () => {
    const text = $("entry").value;
    if (!text.trim() && S.waiting) return admit(S.count);
    return handle(text).then(() => { $("entry").value = ""; });
  });
  onSubmit("overriding-form", overrule);
  $("way").addEventListener("click", () => turn(S.direction === "IN" ? "OUT" : "IN"));
  $("next").addEventListener("click", clear);
  $("go").addEventListener("click", () => admit(S.count));
  $("undo").addEventListener("click", async () => { const note = S.undo; clear(); await takeBack(note); shortly("undone"); });
  $("leave").addEventListener("click", () => countPeople("COUNT", 1));
  $("walkins-undo").addEventListener("click", async () => {
    $("walkins-undo").hidden = true;
    await takeBack(S.undoWalkIn);
    $("walkins-told").textContent = WORDS.verdicts.undone.join("，");
  });
  $("photo").addEventListener("change", readPhoto);
  $("sound").addEventListener("change", () => { S.sound = $("sound").checked; S.store.put({ sound: S.sound }); });
  $("torch").addEventListener("change", () => S.camera.torch($("torch").checked).catch(() => { $("torch").checked = false; }));
  $("sync-now").addEventListener("click", async () => { await sync(); $("settings-told").textContent = S.online ? WORDS.allSent : WORDS.noNetwork; });
  $("move").addEventListener("click", () => { $("settings").close(); showChoosing(); });
  $("unpair").addEventListener("click", unpair);
  document.addEventListener("click", pressed);
  document.addEventListener("keydown", typed);
}

function pressed({ target }) {
  const opener = target.closest("[data-open]"), closer = target.closest("[data-close]");
  const step = target.closest("[data-step]"), kind = target.closest("[data-kind]");
  if (opener) prepare(opener.dataset.open);
  if (closer) closer.closest("dialog").close();
  if (step) { S.count = Math.max(1, Math.min(S.current.most, S.count + Number(step.dataset.step))); paintStep(); }
  if (kind) countPeople(kind.dataset.kind, many());
}

function prepare(id) {
  if (id === "overriding") {
    $("overriding-form").reset();
    say($("reason-error"), "");
    $("override-count").value = Math.max(1, S.current.most || S.current.size || 1);
  }
  if (id === "walkins") { $("walkins-told").textContent = ""; $("walkins-undo").hidden = true; }
  if (id === "settings") $("settings-told").textContent = "";
  $(id).showModal();
}

// A scanner with a cable types like a keyboard: what is typed beside any field goes to the one for codes.
function typed(event) {
  if (event.target.closest("input, dialog, button") || $("desk").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length === 1) $("entry").focus();
  else if (event.key === "Enter" && S.waiting) admit(S.count);
}

async function choose() {
  const gate = $("choosing-gate").value.trim();
  wrong($("choosing-gate"), $("choosing-error"), gate ? "" : WORDS.needGate);
  if (!gate) return;
  S.gate = gate;
  S.direction = document.querySelector("[name=direction]:checked").value;
  await S.store.put({ gate, direction: S.direction });
  showDesk();
}

async function turn(direction) {
  S.direction = direction;
  await S.store.put({ direction });
  clear();
  paint();
}

function overrule() {
  const reason = $("reason-other").value.trim() || document.querySelector("[name=reason]:checked")?.value || "";
  const count = parseInt($("override-count").value.normalize("NFKC"), 10);
  const ok = reason && count > 0;
  wrong($("reason-other"), $("reason-error"), ok ? "" : WORDS.needReason);
  if (!ok) return;
  $("overriding").close();
  admit(Math.min(count, 500), { verdict: "OVERRIDE", reason });
}

function shortly(code) {
  const [title, text] = WORDS.verdicts[code];
  show({ tone: "warn", done: true, title, text });
}

async function readPhoto() {
  const [file] = $("photo").files;
  $("photo").value = "";
  if (!file) return;
  const found = await S.camera.photo(file).catch(() => false);
  if (!found) shortly("photo");
}

async function unpair() {
  await sync();
  const waiting = S.notes.filter((note) => !note.sent).length;
  if (waiting) { $("unpairing-text").textContent = fill(WORDS.unsent, { n: waiting }); return; }
  if (S.device) await leave(WORDS.unpaired);
}

listen();
begin();
