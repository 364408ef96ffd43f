// What stands in a ticket's QR code (kexie.platform.tickets.token), read and checked without asking anybody.
const PREFIX = "KX1.";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BODY = 29, SIGNATURE = 65, VERSION = 1;
const EPOCH = Date.UTC(2020, 0, 1), MINUTE = 60_000;
const DOMAIN = new TextEncoder().encode("kexie ticket\0");

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function uuid(plain) {
  return [plain.slice(0, 8), plain.slice(8, 12), plain.slice(12, 16), plain.slice(16, 20), plain.slice(20)].join("-");
}

function bytesOf(letters) {
  const bytes = new Uint8Array(Math.floor((letters.length * 5) / 8));
  let bits = 0, value = 0, at = 0;
  for (const letter of letters) {
    const digit = LETTERS.indexOf(letter);
    if (digit < 0) return null;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) { bits -= 8; bytes[at++] = (value >> bits) & 0xff; }
  }
  return bytes;
}

// The ticket, or null where the text is none of ours.
export function read(text) {
  const plain = text.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  if (!plain.startsWith(PREFIX)) return null;
  const bytes = bytesOf(plain.slice(PREFIX.length));
  if (!bytes || bytes.length !== BODY + SIGNATURE || bytes[0] !== VERSION) return null;
  const view = new DataView(bytes.buffer);
  const startsAt = EPOCH + view.getUint32(21) * MINUTE;
  return {
    id: hex(bytes.subarray(1, 17)),
    venue: hex(bytes.subarray(17, 21)),
    startsAt,
    endsAt: startsAt + view.getUint16(25) * MINUTE,
    size: bytes[27],
    flags: bytes[28],
    body: bytes.slice(0, BODY),
    signature: bytes.slice(BODY),
  };
}

// true: signed by us. false: not. null: this browser cannot check, or the key is newer than this device's.
export async function verify(domain, body, signature, keys) {
  const key = keys[signature[0]];
  if (!key) return null;
  const signed = new Uint8Array(domain.length + body.length);
  signed.set(domain);
  signed.set(body, domain.length);
  let known;
  try {
    known = await crypto.subtle.importKey("raw", fromBase64(key), "Ed25519", false, ["verify"]);
  } catch {
    return null;
  }
  return crypto.subtle.verify("Ed25519", known, signature.subarray(1), signed);
}

export function isOurs(ticket, keys) {
  return verify(DOMAIN, ticket.body, ticket.signature, keys);
}
