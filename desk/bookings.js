// Arrow keys walk through free times and services; Page Up and Page Down turn the weeks.
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
