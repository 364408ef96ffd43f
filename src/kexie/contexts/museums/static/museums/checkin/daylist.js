// The list of a day (kexie.platform.tickets.daylist): opened, searched, and patched with what changed since.
import { hex, verify } from "./ticket.js";

const NONCE = 12, SIGNATURE = 65, TAIL = 3, NO_GATE = 255;
const DOMAIN = new TextEncoder().encode("kexie day list\0");
export const STATES = ["confirmed", "cancelled", "held", "expired", "noshow", "blocked"];

export async function open(sealed, key, publicKeys) {
  const bytes = new Uint8Array(sealed);
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.subarray(0, NONCE) }, key, bytes.subarray(NONCE));
  const plain = new Uint8Array(opened);
  const signature = plain.slice(0, SIGNATURE), packed = plain.subarray(SIGNATURE);
  // Where the browser cannot check signatures, the encryption under this device's own key has to do.
  if ((await verify(DOMAIN, packed, signature, publicKeys)) === false) throw new Error("not signed by us");
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new DayList(new Uint8Array(await new Response(stream).arrayBuffer()));
}

export class DayList {
  constructor(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    this.head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const n = (this.count = this.head.rows);
    let at = 4 + length;
    const take = (size) => bytes.subarray(at, (at += size));
    const shorts = () => { const raw = take(2 * n); return Uint16Array.from({ length: n }, (_, i) => raw[2 * i] | (raw[2 * i + 1] << 8)); };
    this.ids = take(16 * n);
    this.codes = take(this.head.width * n);
    this.slot = shorts();
    for (const column of ["size", "state", "entered", "left", "gate"]) this[column] = take(n);
    this.minute = shorts();
    this.flags = take(n);
    this.people = take(n);
    this.starts = new Uint32Array(n + 1);
    for (let i = 0; i < n; i++) this.starts[i + 1] = this.starts[i] + this.people[i];
    this.tails = take(TAIL * this.starts[n]);
    this.names = new TextDecoder().decode(bytes.subarray(at)).split("\n");
    this.patches = new Map();
  }

  // Rows of a list of changes stand in for ours; slots, gates and settings are always the newest.
  patch(changes) {
    for (let i = 0; i < changes.count; i++) { const row = changes.row(i); this.patches.set(row.id, row); }
    this.head = { ...changes.head, rows: this.count, full: true };
  }

  row(i) {
    const people = [];
    for (let p = this.starts[i]; p < this.starts[i + 1]; p++) people.push({ name: this.names[p], tail: hex(this.tails.subarray(TAIL * p, TAIL * (p + 1))) });
    return {
      id: hex(this.ids.subarray(16 * i, 16 * (i + 1))),
      code: this.code(i), slot: this.slot[i], size: this.size[i], state: STATES[this.state[i]],
      entered: this.entered[i], left: this.left[i], gate: this.gate[i] === NO_GATE ? null : this.gate[i], minute: this.minute[i],
      flags: this.flags[i], people,
    };
  }

  code(i) {
    const width = this.head.width;
    return String.fromCharCode(...this.codes.subarray(width * i, width * (i + 1))).trim();
  }

  find(id) {
    if (this.patches.has(id)) return this.patches.get(id);
    const wanted = id.match(/../g).map((pair) => parseInt(pair, 16));
    let low = 0, high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = this.compare(middle, wanted);
      if (order === 0) return this.row(middle);
      if (order < 0) low = middle + 1; else high = middle - 1;
    }
    return null;
  }

  compare(i, wanted) {
    for (let b = 0; b < 16; b++) {
      const difference = this.ids[16 * i + b] - wanted[b];
      if (difference) return difference;
    }
    return 0;
  }

  // All rows for which `matches(row)`; `sift(i)` first looks at the columns alone, which is a hundred times faster.
  search(sift, matches, limit = 20) {
    const found = [];
    for (const row of this.patches.values()) if (matches(row)) found.push(row);
    for (let i = 0; i < this.count && found.length < limit; i++) {
      if (!sift(i)) continue;
      const row = this.row(i);
      if (!this.patches.has(row.id) && matches(row)) found.push(row);
    }
    return found.slice(0, limit);
  }

  byCode(code) {
    const wanted = code.toLowerCase();
    return this.search((i) => this.code(i) === wanted, (row) => row.code === wanted);
  }

  async byTail(number) {
    const tail = await tailOf(number, this.head.tailKey);
    const has = (row) => row.people.some((person) => person.tail === tail);
    const [a, b, c] = tail.match(/../g).map((pair) => parseInt(pair, 16));
    return this.search((i) => {
      for (let p = this.starts[i]; p < this.starts[i + 1]; p++) if (this.tails[3 * p] === a && this.tails[3 * p + 1] === b && this.tails[3 * p + 2] === c) return true;
      return false;
    }, has);
  }

  byName(name) {
    const wanted = masked(name);
    const has = (row) => row.people.some((person) => person.name === wanted);
    return this.search((i) => {
      for (let p = this.starts[i]; p < this.starts[i + 1]; p++) if (this.names[p] === wanted) return true;
      return false;
    }, has);
  }
}

// As kexie.foundation.people.masking.mask_name; what is masked already stays so.
export function masked(name) {
  const letters = [...name];
  if (letters.length <= 2) return letters.slice(0, 1).join("") + "*".repeat(Math.max(0, letters.length - 1));
  return letters[0] + "*".repeat(letters.length - 2) + letters[letters.length - 1];
}

export async function tailOf(number, key) {
  const raw = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
  const known = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const text = new TextEncoder().encode(number.slice(-6).toUpperCase());
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", known, text)).subarray(0, TAIL));
}
