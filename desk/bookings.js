// Arrow keys walk through free times and services; Page Up and Page Down turn the weeks. The ticket
// printer's answer is said in place: the code on this page is shown only once.
const week = document.getElementById("week");
const walked = week ?? document.getElementById("services");
const stops = () => [...walked.querySelectorAll("button, a")];
const columns = () => [...walked.querySelectorAll("section")];

(walked && stops()[0])?.focus();

function beside(now, step) {
  const from = columns().findIndex((each) => each.contains(now));
  const row = [...columns()[from].querySelectorAll("button")].indexOf(now);
  const there = columns()[from + step]?.querySelectorAll("button");
  return there && there[Math.min(row, there.length - 1)];
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const turns = { PageUp: "prev", PageDown: "next" }[event.key];
  if (turns) document.querySelector(`a[rel=${turns}]`)?.click();
  const now = document.activeElement;
  if (!walked?.contains(now)) return;
  const along = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const across = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const next = along ? stops()[stops().indexOf(now) + along] : across && week && beside(now, across);
  if (along || across) event.preventDefault();
  next?.focus();
});

const home = document.getElementById("take-home");
const printed = document.getElementById("printed");

function say(words, refused) {
  printed.textContent = words;
  printed.classList.toggle("refused", refused);
}

home?.addEventListener("submit", async (event) => {
  const { name, value } = event.submitter ?? {};
  if (name !== "kiosk") return;
  event.preventDefault();
  if (home.ariaBusy === "true") return;
  home.ariaBusy = "true";
  say(home.dataset.printing, false);
  const body = new URLSearchParams(new FormData(home));
  body.set(name, value);
  try {
    const answer = await fetch(home.action, { method: "POST", body });
    if (answer.redirected) location.assign(answer.url);
    else say(await answer.text(), !answer.ok);
  } catch {
    say(home.dataset.lost, true);
  }
  home.ariaBusy = "false";
});
