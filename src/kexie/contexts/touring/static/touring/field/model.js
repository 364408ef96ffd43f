// What the notes on this phone say; the server folds the same notes again, with those of other phones.
export const MOST_PEOPLE = 5_000, MOST_KM = 1_000, WARN_MINUTES = 210, REST_MINUTES = 20;

// A whole number as people type it, full-width digits and thousands commas too; null if it is none.
export function whole(text) {
  const plain = text.normalize("NFKC").replace(/[\s,、]/g, "");
  return /^\d{1,9}$/.test(plain) ? Number(plain) : null;
}

export function money(text) {
  const plain = text.normalize("NFKC").replace(/[\s,¥元]/g, "");
  return /^\d{1,7}(\.\d{1,2})?$/.test(plain) && Number(plain) > 0 ? plain : null;
}

export function standing(notes) {
  const undone = new Set(notes.filter((note) => note.kind === "UNDO").map((note) => note.data.of));
  return notes.filter((note) => note.kind !== "UNDO" && !undone.has(note.id) && !note.refused)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq));
}

// The log that is being written: its first note, or null before a trip was started.
export function current(notes, today) {
  const starts = standing(notes).filter((note) => note.kind === "START");
  const last = starts[starts.length - 1];
  if (!last) return null;
  const ended = standing(notes).some((note) => note.kind === "END" && same(note, last));
  return ended && last.on !== today ? null : last;
}

export const same = (one, other) => one.caravan === other.caravan && one.on === other.on;

export function stopsOf(rows) {
  const left = new Set(rows.filter((note) => note.kind === "LEAVE").map((note) => note.data.stop));
  return rows.filter((note) => note.kind === "ARRIVE").map((note) => {
    const counts = rows.filter((other) => other.kind === "COUNT" && other.data.stop === note.data.stop);
    return { id: note.data.stop, spot: note.data.spot, site: note.data.site, left: left.has(note.data.stop), count: counts[counts.length - 1]?.data.count ?? null };
  });
}

// Minutes at the wheel without a rest of twenty minutes, up to now; 0 while the caravan stands at a stop.
export function atWheel(rows, now) {
  let since = null, stood = null;
  for (const note of rows) {
    if (note.kind === "START") since = note.at;
    else if (note.kind === "ARRIVE") stood = note.at;
    else if (note.kind === "LEAVE" && stood) {
      if (minutes(stood, note.at) >= REST_MINUTES) since = note.at;
      stood = null;
    } else if (note.kind === "END") return 0;
  }
  return since && !stood ? minutes(since, now) : 0;
}

const minutes = (from, to) => Math.round((new Date(to) - new Date(from)) / 60_000);

// What is to be asked about a reading: [word, number], or null.
export function doubt(km, last) {
  if (last === null || last === undefined) return null;
  if (km < last) return ["lower", last];
  return km - last > MOST_KM ? ["far", km - last] : null;
}
