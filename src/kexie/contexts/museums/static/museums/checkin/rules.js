// Who may enter, as a pure function of what is known: no clock, no network, no screen.

// The people of one ticket who are inside by all this device knows: the list, and its own notes that are newer.
export function standing(row, mine = []) {
  const sum = { entered: row?.entered ?? 0, left: row?.left ?? 0, first: null };
  if (row?.entered) sum.first = { minute: row.minute, gate: row.gate };
  for (const note of [...mine].sort((a, b) => a.at - b.at || a.seq - b.seq)) {
    if (note.verdict === "REFUSED" || note.undone) continue;
    if (note.direction === "OUT") { sum.left += note.count; continue; }
    sum.entered += note.count;
    if (!sum.first) sum.first = { minute: note.minute, gate: null };
  }
  return { ...sum, inside: Math.max(0, sum.entered - sum.left) };
}

/* given: ticket (or null), signed (true, false, null: cannot tell), row (or null), mine (own newer notes), list head (or null),
   venue tag, day "2026-11-28", minute of the day, inside (people in the museum), direction "IN" or "OUT".
   answer: code, ok, size, most (how many may go now), standing, and what the words need. */
export function decide(given) {
  const { ticket, row, head } = given;
  const size = row?.size ?? ticket?.size ?? 0;
  const now = standing(row, given.mine);
  const say = (code, more = {}) => ({ code, ok: false, most: 0, size, standing: now, row, ticket, ...more });
  if (given.signed === false) return say("forged");
  if (ticket && ticket.venue !== given.venue) return say("elsewhere");
  if (!row && !ticket) return say("unknown");
  const slot = row ? slotOf(row, head) : slotOfTicket(ticket, given.offset);
  if (slot.day !== null && slot.day !== given.day) return say("day", { day: slot.day });
  if (!row && given.signed === null) return say("unsure");
  if (given.direction === "OUT") return now.inside ? { ...say("out", { slot }), ok: true, most: now.inside } : say("notin", { slot });
  if (row && row.state !== "confirmed" && row.state !== "noshow") return say(row.state, { slot });
  const most = size - now.inside;
  if (most <= 0) return say("already", { slot, first: now.first });
  if (given.minute < slot.start - (head?.early ?? 0)) return say("early", { slot, most });
  if (given.minute > slot.last) return say("late", { slot, most });
  const room = head?.cap ? head.cap - given.inside : Infinity;
  if (room <= 0) return say("full", { slot, most, cap: head.cap });
  const may = Math.min(most, room);
  return { ...say(most < size ? "rest" : "enter", { slot, room }), ok: true, most: may };
}

function slotOf(row, head) {
  const [start, last, end] = head.slots[row.slot] ?? [0, 1440, 1440];
  return { day: head.day, start, last, end, name: head.names?.[row.slot] ?? "" };
}

function slotOfTicket(ticket, offset) {
  const start = local(ticket.startsAt, offset), end = local(ticket.endsAt, offset);
  return { day: start.day, start: start.minute, last: end.minute || 1440, end: end.minute || 1440, name: "" };
}

// Day and minute of the day at the museum, whatever zone the phone is set to.
export function local(milliseconds, offset) {
  const there = new Date(milliseconds + offset * 60_000);
  return { day: there.toISOString().slice(0, 10), minute: there.getUTCHours() * 60 + there.getUTCMinutes() };
}

export function clock(minute) {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

// People in the museum: what the server counted, and the notes it has not seen.
export function occupancy(tally, notes, day) {
  let entered = tally?.entered ?? 0, left = tally?.left ?? 0;
  for (const note of notes) {
    if (note.verdict === "REFUSED" || note.undone || note.day !== day) continue;
    if (note.direction === "OUT") left += note.count; else entered += note.count;
  }
  return { entered, left, inside: Math.max(0, entered - left) };
}
