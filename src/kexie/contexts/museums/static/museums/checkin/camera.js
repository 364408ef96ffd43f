// Codes from the camera and from photos, by barcode-detector and its own wasm, both served by us.
const PAUSE = 120, SAME = 3000;

export class Camera {
  constructor(video, wasm, found) {
    Object.assign(this, { video, wasm, found, last: "", lastAt: 0, stream: null, running: false });
  }

  detector() {
    if (!this.made) {
      const api = globalThis.BarcodeDetectionAPI;
      api.prepareZXingModule({ overrides: { locateFile: () => this.wasm } });
      this.made = new api.BarcodeDetector({ formats: ["qr_code"] });
    }
    return this.made;
  }

  // Returns "" when it runs, else why not: "none" (no camera or no permission), "insecure" (needs HTTPS).
  async start() {
    if (!navigator.mediaDevices?.getUserMedia) return "insecure";
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } });
    } catch {
      return "none";
    }
    this.video.srcObject = this.stream;
    await this.video.play().catch(() => {});
    this.running = true;
    this.watch();
    return "";
  }

  stop() {
    this.running = false;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  async watch() {
    while (this.running) {
      if (!document.hidden && !this.paused && this.video.readyState >= 2) await this.look(this.video).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  async look(source) {
    const [code] = await this.detector().detect(source);
    if (!code) return false;
    const now = Date.now();
    // The same code in view is read once; holding it up again later reads it again.
    if (source === this.video && code.rawValue === this.last && now - this.lastAt < SAME) { this.lastAt = now; return true; }
    this.last = code.rawValue;
    this.lastAt = now;
    this.found(code.rawValue);
    return true;
  }

  async photo(file) {
    const picture = await createImageBitmap(file);
    try { return await this.look(picture); } finally { picture.close(); }
  }

  get light() { return this.stream?.getVideoTracks()[0]; }

  async torch(on) { await this.light?.applyConstraints({ advanced: [{ torch: on }] }); }
}
