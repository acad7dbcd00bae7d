// The dialogs: what they start with, what is chosen in them, what is sent.

const byId = (id) => document.getElementById(id);
let send = null;

/** Let the dialogs send orders by this function. */
export function prepareDialogs(by) {
  send = by;
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.querySelector("[data-cancel]").addEventListener("click", () => close(dialog));
    dialog.addEventListener("close", () => {
      if (!dialog.open) giveBackFocus(dialog); // a quick key may have opened it again by now
    });
    dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(dialog, answer[dialog.id](dialog), event.submitter?.dataset.then);
    });
  }
  byId("find").addEventListener("input", (event) => find(event.target.value));
  byId("find").addEventListener("keydown", chooseFound);
  byId("given").addEventListener("change", () => find(byId("find").value));
  byId("given").addEventListener("keydown", finishAndCall);
  byId("target")?.addEventListener("keydown", sendOff);
  byId("given").querySelector("[data-withdraw]").addEventListener("click", () => {
    submit(byId("given"), { given: [] });
  });
}

/** Open the dialog of this button. */
export function open(button) {
  const dialog = byId(button.dataset.dialog);
  dialog.querySelector("form").reset();
  const message = dialog.querySelector(".message");
  if (message) message.textContent = "";
  for (const each of dialog.querySelectorAll(".for")) each.textContent = button.dataset.number;
  dialog.dataset.body = button.dataset.body;
  dialog.dataset.command = button.dataset.command;
  for (const each of dialog.querySelectorAll("[data-only]")) {
    each.hidden = !each.dataset.only.split(" ").includes(button.dataset.variant);
  }
  prepare[dialog.id]?.(dialog, button.dataset);
  dialog.opener = document.activeElement.id;
  dialog.showModal();
  if (button.dataset.variant === "account") byId("find").focus(); // nothing is chosen yet
}

/** Close it; the next key is not its own any more. */
export function close(dialog) {
  dialog.close();
  giveBackFocus(dialog);
}

// A closed dialog keeps the focus until the next frame, and a quick key would press its button once
// more. The button that opened it may have been drawn anew, or be gone.
function giveBackFocus(dialog) {
  if (dialog.contains(document.activeElement)) document.activeElement.blur();
  if (!dialog.opener || document.activeElement !== document.body) return;
  (byId(dialog.opener) ?? byId("now")).focus({ preventScroll: true });
}

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
    const channel = dialog.querySelector(".channel:not([hidden]) :checked")?.value;
    return {
      given: chosen.map((row) => ({
        service: row.dataset.service,
        count: row.querySelector("[type=number]").valueAsNumber,
        e_service: row.querySelector("[name=e_service]")?.checked ?? false,
        ...(channel && { channel }),
      })),
    };
  },
  transfer() {
    const [kind, id] = byId("target").value.split(":");
    return { [kind]: id };
  },
  call_ticket: () => ({ reason: byId("why").value }),
  keep_overnight: () => ({}),
  end_tickets: () => ({ at: byId("end-at").value || null }),
};

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
  if (!dialog.open) return;
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

// Not every browser sends a form on Enter in a list.
function sendOff(event) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.target.form.requestSubmit();
}
