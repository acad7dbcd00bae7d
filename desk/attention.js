// What needs the clerk: in the window's title, and by sounds that differ.

const RING_MS = 15000; // Until somebody goes to help.
const RING_HZ = [880, 660];
const TONE_HZ = { fault: 392, call: 587, overdue: 440 };
const byId = (id) => document.getElementById(id);
const title = document.title;
const attention = {
  known: null, // What was there when the page was opened makes no sound.
  asking: 0,
  rangAt: -Infinity,
  sound: null, // Made at the first note; browsers let it be heard once the clerk has pressed anything.
};

/** Look at the page's top again. `lost`: nothing of it is news. */
export function notice(lost) {
  const calls = byId("help").querySelectorAll("strong");
  const lines = [...byId("problems").querySelectorAll("[data-tone]")];
  entitle(lost, calls[0] ?? lines[0], calls.length ? "?" : "!");
  if (lost) return;
  tell(lines.filter((line) => attention.known?.has(line.dataset.alert) === false));
  attention.known = new Set(lines.map((line) => line.dataset.alert));
  if (calls.length > attention.asking) attention.rangAt = -Infinity;
  attention.asking = calls.length;
  if (calls.length && performance.now() - attention.rangAt >= RING_MS) ring();
}

function entitle(lost, line, mark) {
  const words = lost ? `✕ ${byId("connection").querySelector(".when-lost").textContent}`
    : line && `${mark} ${line.textContent.trim()}`;
  document.title = words ? `${words} – ${title}` : title;
}

function tell(lines) {
  if (!lines.length) return;
  byId("said").textContent = lines.map((line) => line.textContent.trim()).join(" ");
  if (byId("sounds").checked) play([TONE_HZ[lines[0].dataset.tone]]);
}

function ring() {
  attention.rangAt = performance.now();
  play(RING_HZ);
}

function play(notes) {
  attention.sound ??= new AudioContext();
  attention.sound.resume();
  for (const [place, frequency] of notes.entries()) {
    const starts = attention.sound.currentTime + place * 0.3;
    const note = new OscillatorNode(attention.sound, { frequency });
    const fading = new GainNode(attention.sound);
    fading.gain.setValueAtTime(0.25, starts);
    fading.gain.exponentialRampToValueAtTime(0.001, starts + 0.6);
    note.connect(fading).connect(attention.sound.destination);
    note.start(starts);
    note.stop(starts + 0.6);
  }
}
