// A visitor's phone: what the server sends is shown; a call sounds, once it was allowed to.
// Nothing here is younger than 2018 unless it is asked for first: phones grow old in families.

const SILENT_MS = 8000; // The server speaks every two seconds.
const CHIME_HZ = [659, 523, 784];
const ROUNDS = 3;
const byId = (id) => document.getElementById(id);
const page = { heardAt: performance.now(), events: null, call: null, sound: null, awake: null };

function listen() {
  if (page.events) page.events.close();
  const events = (page.events = new EventSource(`${location.pathname}/events${location.search}`));
  page.heardAt = performance.now();
  events.onmessage = (event) => take(JSON.parse(event.data));
  events.addEventListener("gone", () => location.reload());
  events.onerror = () => {
    setFresh(false);
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
}

function take({ fresh, news, title, call, regions }) {
  page.heardAt = performance.now();
  document.title = title;
  if (news) byId("news").textContent = news;
  for (const [id, html] of Object.entries(regions)) replace(byId(id), html);
  setFresh(fresh);
  byId("sound").hidden = !window.AudioContext || !document.querySelector(".waiting, .held");
  if (call && call !== page.call) announce();
  page.call = call;
}

function replace(region, html) {
  if (region.dataset.html === html) return; // Somebody may be about to press what is in it.
  region.dataset.html = html;
  region.innerHTML = html;
}

function setFresh(fresh) {
  byId("lost").hidden = fresh;
}

function watchSilence() {
  const silent = performance.now() - page.heardAt;
  if (silent > SILENT_MS) setFresh(false);
  if (silent > 2 * SILENT_MS) listen(); // A line that was cut while nothing was sent stays open.
}

function announce() {
  scrollTo(0, 0);
  if (!page.sound) return;
  if (navigator.vibrate) navigator.vibrate([].concat(...Array(ROUNDS).fill([500, 200, 500, 600])));
  for (let round = 0; round < ROUNDS; round++) chime(page.sound.currentTime + round * 1.8);
}

function chime(start) {
  CHIME_HZ.forEach((hertz, place) => {
    const tone = new OscillatorNode(page.sound, { frequency: hertz });
    const loudness = new GainNode(page.sound, { gain: 0 });
    const begins = start + place * 0.4;
    loudness.gain.setValueAtTime(0.6, begins);
    loudness.gain.exponentialRampToValueAtTime(0.001, begins + 0.6);
    tone.connect(loudness).connect(page.sound.destination);
    tone.start(begins);
    tone.stop(begins + 0.6);
  });
}

async function allowSound() {
  page.sound = new AudioContext();
  chime(page.sound.currentTime); // so that the visitor hears what to listen for
  byId("sound-on").hidden = true;
  byId("sound-is-on").hidden = false;
  stayAwake();
}

async function stayAwake() {
  if (!navigator.wakeLock || !page.sound || document.visibilityState !== "visible") return;
  try {
    page.awake = await navigator.wakeLock.request("screen");
  } catch {
    page.awake = null; // a battery that is nearly empty; the page works all the same
  }
}

byId("sound-on").addEventListener("click", allowSound);
addEventListener("offline", () => setFresh(false));
document.addEventListener("visibilitychange", () => {
  watchSilence();
  stayAwake();
});
setInterval(watchSilence, 1000);
listen();
