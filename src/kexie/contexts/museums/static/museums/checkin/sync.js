// What is sent to the server, and in which order.
import { uuid } from "./ticket.js";

const BATCH = 200;

// A batch of what has not been sent, oldest first, and how many wait behind it.
export function batchOf(notes, gate, now) {
  const waiting = notes.filter((note) => !note.sent).sort((a, b) => a.seq - b.seq);
  const taken = waiting.slice(0, BATCH);
  const lines = taken.filter((note) => !note.undoes);
  return {
    taken,
    body: {
      sent_at: now, gate, pending: waiting.length - taken.length,
      notes: lines.map((note) => ({
        id: note.id, seq: note.seq, at: note.at, direction: note.direction, kind: note.kind, count: note.count,
        verdict: note.verdict, reservation: note.reservation ? uuid(note.reservation) : null, reason: note.reason ?? "",
      })),
      undone: taken.filter((note) => note.undoes).map((note) => note.undoes),
    },
  };
}
