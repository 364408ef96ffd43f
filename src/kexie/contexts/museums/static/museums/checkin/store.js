// What the device keeps: its key (which nobody can take out), the sealed list, and the queue of notes, each encrypted.
const NAME = "kexie-checkin", VERSION = 1;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function done(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export class Store {
  static async open() {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keep");
      request.result.createObjectStore("notes", { keyPath: "seq", autoIncrement: true });
    };
    const store = new Store();
    store.db = await asked(request);
    return store;
  }

  get(name) { return asked(this.db.transaction("keep").objectStore("keep").get(name)); }

  // Keep the values, and let go of the notes with these numbers: both or neither.
  async put(values, gone = []) {
    const transaction = this.db.transaction(["keep", "notes"], "readwrite");
    for (const [name, value] of Object.entries(values)) transaction.objectStore("keep").put(value, name);
    for (const seq of gone) transaction.objectStore("notes").delete(seq);
    await done(transaction);
  }

  async wipe() {
    const transaction = this.db.transaction(["keep", "notes"], "readwrite");
    transaction.objectStore("keep").clear();
    transaction.objectStore("notes").clear();
    await done(transaction);
  }

  // The number a note gets is its place in the queue; it is never given twice, whatever is deleted.
  async append(note, key) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await seal(note, key, iv);
    const transaction = this.db.transaction("notes", "readwrite");
    const seq = await asked(transaction.objectStore("notes").add({ iv, sealed, sent: false }));
    await done(transaction);
    return { ...note, seq, sent: false };
  }

  async change(note, key) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const { seq, sent, ...plain } = note;
    const sealed = await seal(plain, key, iv);
    const transaction = this.db.transaction("notes", "readwrite");
    transaction.objectStore("notes").put({ seq, iv, sealed, sent });
    await done(transaction);
  }

  async notes(key) {
    const rows = await asked(this.db.transaction("notes").objectStore("notes").getAll());
    return Promise.all(rows.map(async ({ seq, iv, sealed, sent }) => {
      const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
      return { ...JSON.parse(new TextDecoder().decode(opened)), seq, sent };
    }));
  }

}

function seal(note, key, iv) {
  return crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(note)));
}

export function importKey(raw) {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}
