// The desk's page: regions are replaced as the server sends them, orders go out as keys are pressed.

const SILENT_MS = 4000; // The server speaks every second.
const UNDO_KEY = "u";
const HASTY_MS = 600; // A double press must not be taken for a decision.
const RING_MS = 15000; // Until somebody goes to help.
const NOTES_HZ = [880, 660];
const byId = (id) => document.getElementById(id);
const page = {
  fresh: byId("lost").hidden,
  heardAt: performance.now(),
  offering: 0,
  clockOffset: null, // The server's clock less ours, in milliseconds.
  sending: new Set(),
  asking: 0,
  title: document.title,
  sound: null, // Made at the first ring; browsers let it be heard once the clerk has pressed anything.
};

// What comes in

function listen() {
  const events = new EventSource("/events");
  events.onmessage = (event) => take(JSON.parse(event.data));
  events.addEventListener("signed_out", () => location.reload());
  events.onerror = () => {
    setFresh(false);
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  };
}

function take({ fresh, now, news, regions }) {
  page.heardAt = performance.now();
  page.clockOffset = now * 1000 - Date.now();
  byId("news").textContent = news || "–";
  for (const [id, html] of Object.entries(regions)) replace(byId(id), html);
  noticeHelp();
  if (!byId("call-next")) offerToInsist(false);
  setFresh(fresh);
  showElapsed();
}

function replace(region, html) {
  const focused = region.contains(document.activeElement) ? document.activeElement.id : null;
  region.innerHTML = html;
  if (focused !== null) (byId(focused) ?? region).focus({ preventScroll: true });
}

function noticeHelp() {
  const asking = byId("help").querySelectorAll("p");
  document.title = asking.length ? `? ${asking[0].querySelector("strong").textContent}` : page.title;
  if (asking.length > page.asking) ring();
  page.asking = asking.length;
}

function ring() {
  page.sound ??= new AudioContext();
  page.sound.resume();
  for (const [place, frequency] of NOTES_HZ.entries()) {
    const starts = page.sound.currentTime + place * 0.3;
    const note = new OscillatorNode(page.sound, { frequency });
    const fading = new GainNode(page.sound);
    fading.gain.setValueAtTime(0.25, starts);
    fading.gain.exponentialRampToValueAtTime(0.001, starts + 0.6);
    note.connect(fading).connect(page.sound.destination);
    note.start(starts);
    note.stop(starts + 0.6);
  }
}

function setFresh(fresh) {
  page.fresh = fresh;
  byId("lost").hidden = fresh;
  document.body.classList.toggle("is-lost", !fresh);
  for (const button of document.querySelectorAll("main button, footer button, .help button, dialog .primary")) {
    button.setAttribute("aria-disabled", String(!fresh));
  }
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
    if (response.ok) dialog?.close(); // its own one only: the clerk may be quicker than the answer
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
  offerToInsist(refusal === "slot_soon");
  return done;
}

function offerToInsist(offered) {
  clearTimeout(page.offering);
  byId("insist").hidden = true;
  if (offered) page.offering = setTimeout(showInsist, HASTY_MS);
}

function showInsist() {
  byId("insist").hidden = false;
  byId("insist").focus({ preventScroll: true });
}

// Dialogs

const prepare = {
  given(dialog, { service, given }) {
    const before = JSON.parse(given ?? JSON.stringify(service ? [{ service, count: 1 }] : []));
    const first = [...before.map((each) => each.service), ...lately()];
    const list = dialog.querySelector(".given");
    const place = (row) => (first.indexOf(row.dataset.service) + 1 || Infinity);
    const rows = [...list.children].sort(
      (one, other) => place(one) - place(other) || one.dataset.place - other.dataset.place,
    );
    list.replaceChildren(...rows);
    for (const each of before) fill(rows.find((row) => row.dataset.service === each.service), each);
    const channel = dialog.querySelector(`[value="${before[0]?.channel}"]`);
    if (channel) channel.checked = true;
    list.scrollTop = 0;
    find("");
  },
  transfer(dialog, { service }) {
    for (const option of dialog.querySelectorAll("[data-serves]")) {
      option.hidden = !option.dataset.serves.split(" ").includes(service);
    }
  },
  call_ticket() {},
  keep_overnight() {},
};

function fill(row, { count, e_service }) {
  if (!row) return; // the service has left the settings
  row.querySelector("[name=chosen]").checked = true;
  row.querySelector("[type=number]").value = count;
  const online = row.querySelector("[name=e_service]");
  if (online) online.checked = Boolean(e_service);
}

const lately = () => document.querySelector("[data-lately]")?.dataset.lately.split(" ") ?? [];

const answer = {
  given(dialog) {
    const rows = [...dialog.querySelectorAll(".given li")];
    const chosen = rows.filter((row) => row.querySelector("[name=chosen]").checked);
    const byWire = dialog.querySelector(".channel").hidden
      ? {}
      : { channel: dialog.querySelector("[name=channel]:checked").value };
    return {
      given: chosen.map((row) => ({
        service: row.dataset.service,
        count: row.querySelector("[type=number]").valueAsNumber,
        e_service: row.querySelector("[name=e_service]")?.checked ?? false,
        ...byWire,
      })),
    };
  },
  transfer() {
    const [kind, id] = byId("target").value.split(":");
    return { [kind]: id };
  },
  call_ticket: () => ({ reason: byId("why").value }),
  keep_overnight: () => ({}),
};

function open(button) {
  const dialog = byId(button.dataset.dialog);
  dialog.querySelector("form").reset();
  dialog.querySelector(".message").textContent = "";
  for (const each of dialog.querySelectorAll(".for")) each.textContent = button.dataset.number;
  dialog.dataset.body = button.dataset.body;
  dialog.dataset.command = button.dataset.command;
  for (const each of dialog.querySelectorAll("[data-only]")) {
    each.hidden = !each.dataset.only.split(" ").includes(button.dataset.variant);
  }
  prepare[dialog.id](dialog, button.dataset);
  dialog.showModal();
  if (button.dataset.variant === "account") byId("find").focus(); // nothing is chosen yet
}

function find(words) {
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  for (const row of byId("given").querySelectorAll(".given li")) {
    const chosen = row.querySelector("[name=chosen]").checked;
    row.hidden = !chosen && !plain(row.textContent).includes(plain(words));
    row.classList.toggle("chosen", chosen);
  }
}

function chooseFound(event) {
  if (event.key !== "Enter" || !event.target.value) return;
  event.preventDefault();
  const row = byId("given").querySelector(".given li:not([hidden], .chosen)");
  if (!row) return;
  row.querySelector("[name=chosen]").checked = true;
  event.target.value = "";
  find("");
  row.scrollIntoView({ block: "nearest" });
}

async function submit(dialog, given, then) {
  const { command, body } = dialog.dataset;
  const done = await send(command, { ...JSON.parse(body), ...given }, dialog);
  if (done && then) send(then, {});
}

function finishAndCall(event) {
  if (event.key !== "Enter" || !event.shiftKey) return;
  event.preventDefault();
  const button = byId("given").querySelector("[data-then]:not([hidden])");
  if (button) button.form.requestSubmit(button);
}

// What the clerk does

function act(button) {
  if (button.dataset.dialog && page.fresh) open(button);
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
  const button = document.querySelector(`:is(main, .help) [data-key="${CSS.escape(key)}"]`);
  if (button || key === " ") event.preventDefault();
  if (button) act(button);
}

for (const [place, row] of document.querySelectorAll(".given li").entries()) {
  row.dataset.place = place;
}
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(dialog, answer[dialog.id](dialog), event.submitter?.dataset.then);
  });
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-command], button[data-dialog]");
  if (button) act(button);
});
document.addEventListener("keydown", pressed);
byId("find").addEventListener("input", (event) => find(event.target.value));
byId("find").addEventListener("keydown", chooseFound);
byId("given").addEventListener("change", () => find(byId("find").value));
byId("given").addEventListener("keydown", finishAndCall);
byId("given").querySelector("[data-withdraw]").addEventListener("click", () => {
  submit(byId("given"), { given: [] });
});
byId("shortcuts").checked = localStorage.getItem("shortcuts") !== "off";
byId("shortcuts").addEventListener("change", (event) => {
  localStorage.setItem("shortcuts", event.target.checked ? "on" : "off");
});
setInterval(() => {
  if (performance.now() - page.heardAt > SILENT_MS) setFresh(false);
  showElapsed();
}, 500);
setInterval(() => page.asking && ring(), RING_MS);
noticeHelp();
listen();
