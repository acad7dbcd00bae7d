// The desk's page: regions are replaced as the server sends them, orders go out as keys are pressed.

import { notice } from "./attention.js";
import { close, open, prepareDialogs } from "./dialogs.js";

const SILENT_MS = 4000; // The server speaks every second.
const UNDO_KEY = "u";
const HASTY_MS = 600; // A double press must not be taken for a decision.
const SMALL_WINDOW = "popup,width=380,height=620";
const byId = (id) => document.getElementById(id);
const page = {
  fresh: byId("lost").hidden,
  heardAt: null, // Of both clocks: one stands still while the computer sleeps, the other is set.
  events: null,
  offering: 0,
  settings: null, // Which version of them the page was drawn from.
  clockOffset: null, // The server's clock less ours, in milliseconds.
  sending: new Set(),
};

// What comes in

function listen() {
  page.events?.close();
  const events = (page.events = new EventSource("/events"));
  hear();
  events.onmessage = (event) => take(JSON.parse(event.data));
  events.addEventListener("signed_out", () => location.reload());
  events.onerror = () => {
    setFresh(false);
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  };
}

const clocks = () => [performance.now(), Date.now()];

function hear() {
  page.heardAt = clocks();
}

function watchSilence() {
  const silent = Math.max(...clocks().map((now, each) => now - page.heardAt[each]));
  if (silent > SILENT_MS) setFresh(false);
  if (silent > 2 * SILENT_MS) listen(); // A line that was cut while nothing was sent stays open.
  showElapsed();
}

function take({ fresh, settings, now, news, regions }) {
  hear();
  page.settings ??= settings;
  if (page.settings !== settings && isIdle()) return location.reload(); // A lead changed them.
  page.clockOffset = now * 1000 - Date.now();
  byId("news").textContent = news || "–";
  for (const [id, html] of Object.entries(regions)) replace(byId(id), html);
  if (!byId("call-next")) offerToInsist(false);
  setFresh(fresh);
  showElapsed();
}

const isIdle = () => !page.sending.size && !document.querySelector("dialog[open]");

function replace(region, html) {
  const focused = region.contains(document.activeElement) ? document.activeElement.id : null;
  region.innerHTML = html;
  if (focused !== null) focus(byId(focused) ?? (region.textContent.trim() ? region : byId("now")));
}

function focus(element) {
  if (element.tabIndex < 0) element.tabIndex = -1; // A region takes it when its button is gone.
  element.focus({ preventScroll: true });
}

function setFresh(fresh) {
  page.fresh = fresh;
  byId("lost").hidden = fresh;
  document.body.classList.toggle("is-lost", !fresh);
  for (const button of document.querySelectorAll("button[data-command], dialog .primary")) {
    button.setAttribute("aria-disabled", String(!fresh));
  }
  notice(!fresh);
}

function showElapsed() {
  if (page.clockOffset === null) return;
  for (const each of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, (Date.now() + page.clockOffset) / 1000 - each.dataset.since);
    const two = (value) => String(Math.floor(value)).padStart(2, "0");
    each.textContent = `${two(seconds / 60)}:${two(seconds % 60)}`;
  }
}

// What goes out

async function send(name, body, dialog = null) {
  if (!page.fresh) return say(byId("no-connection").textContent, false);
  const order = JSON.stringify({ name, body });
  if (page.sending.has(order)) return false; // the same button, pressed twice
  page.sending.add(order);
  try {
    const response = await fetch("/command", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: order,
    });
    if (response.status === 401) location.reload();
    const { message, refusal } = await response.json();
    if (response.ok && dialog) close(dialog); // its own: the clerk may be quicker than the answer
    return say(message, response.ok, refusal);
  } catch {
    return say(byId("no-connection").textContent, false);
  } finally {
    page.sending.delete(order);
  }
}

function say(sentence, done, refusal = null) {
  const dialog = done ? null : document.querySelector("dialog[open]"); // it hides what is beneath
  const message = dialog?.querySelector(".message") ?? byId("message");
  message.textContent = sentence;
  message.classList.toggle("refused", !done);
  offerToInsist(["slot_soon", "in_doubt"].includes(refusal));
  return done;
}

function offerToInsist(offered) {
  clearTimeout(page.offering);
  if (document.activeElement === byId("insist")) focus(byId("now"));
  byId("insist").hidden = true;
  if (offered) page.offering = setTimeout(showInsist, HASTY_MS);
}

function showInsist() {
  byId("insist").hidden = false;
  byId("insist").focus({ preventScroll: true });
}

// What the clerk does

function act(button) {
  if (button.dataset.dialog && (page.fresh || !button.dataset.command)) open(button);
  else send(button.dataset.command, JSON.parse(button.dataset.body));
}

function keyOf(event) {
  const key = event.key.toLowerCase();
  if (event.repeat || event.altKey || event.metaKey) return null;
  if (event.ctrlKey) return key === "z" && !event.shiftKey ? UNDO_KEY : null;
  return byId("shortcuts").checked ? key : null;
}

function pressed(event) {
  const key = keyOf(event);
  if (key === null || document.querySelector("dialog[open]")) return;
  const pressesFocused = key === " " || key === "enter";
  if (pressesFocused && event.target.closest("button, a, input")) return;
  const button = document.querySelector(`:is(main, .help, footer) [data-key="${CSS.escape(key)}"]`);
  if (button || key === " ") event.preventDefault();
  if (button) act(button);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-command], button[data-dialog]");
  if (button) act(button);
});
document.addEventListener("keydown", pressed);
for (const name of ["shortcuts", "sounds"]) {
  byId(name).checked = localStorage.getItem(name) !== "off";
  byId(name).addEventListener("change", (event) => {
    localStorage.setItem(name, event.target.checked ? "on" : "off");
  });
}
byId("more").addEventListener("click", () => {
  const all = document.body.classList.toggle("is-whole");
  byId("more").setAttribute("aria-expanded", String(all));
});
byId("small-window").addEventListener("click", () => window.open("/", "rinda", SMALL_WINDOW));
addEventListener("offline", () => setFresh(false));
document.addEventListener("visibilitychange", watchSilence);
setInterval(watchSilence, 500);
prepareDialogs(send);
notice(!page.fresh);
listen();
