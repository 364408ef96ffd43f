// Talking to the server. Whatever fails leaves the queue as it was; what succeeded is never sent as something new.
import { uuid } from "./ticket.js";

const BATCH = 200, PATIENCE = 12_000;

export class Refused extends Error {
  constructor(status, code, message) { super(message); this.status = status; this.code = code; }
}

export async function ask(address, { token, body, binary = false } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(address, {
    method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store",
    signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined,
  });
  if (answer.ok) return binary ? answer.arrayBuffer() : answer.json();
  const told = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, told.code ?? "", told.message ?? "");
}

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
