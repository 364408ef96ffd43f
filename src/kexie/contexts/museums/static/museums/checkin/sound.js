// Yes and no for ears and hands: high and twice, or low and long. No file is needed.
let context = null;

export function wake() {
  context ??= window.AudioContext ? new AudioContext() : null;
  context?.resume?.().catch(() => {});
}

function tone(frequency, from, length, type) {
  const oscillator = context.createOscillator(), gain = context.createGain();
  oscillator.type = type;
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0.25, context.currentTime + from);
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + from + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(context.currentTime + from);
  oscillator.stop(context.currentTime + from + length);
}

export function tell(tone_, on) {
  if (!on) return;
  // A page nobody has touched yet (a gun that types) may not vibrate: the browser blocks it and complains.
  if (navigator.userActivation?.hasBeenActive) {
    navigator.vibrate?.({ good: [60], bad: [300, 100, 300], warn: [120, 80, 120] }[tone_]);
  }
  if (context?.state !== "running") return;
  if (tone_ === "good") { tone(1175, 0, 0.12, "sine"); tone(1568, 0.13, 0.18, "sine"); }
  else if (tone_ === "bad") tone(196, 0, 0.6, "square");
  else { tone(523, 0, 0.15, "triangle"); tone(523, 0.22, 0.15, "triangle"); }
}
