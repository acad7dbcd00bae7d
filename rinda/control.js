"use strict";

const lost = document.querySelector(".lost");
const news = new EventSource(`/events/${document.documentElement.lang}`);
news.onopen = () => { lost.hidden = true; };
news.onerror = () => { lost.hidden = false; };
news.onmessage = ({ data }) => {
  const { device, html } = JSON.parse(data);
  const focused = document.activeElement?.dataset?.turn;
  document.getElementById(device).innerHTML = html;
  if (focused) document.querySelector(`[data-turn="${focused}"]`)?.focus();
};

document.addEventListener("click", ({ target }) => {
  const turn = target.closest("[data-turn]")?.dataset.turn;
  if (turn) fetch(`/turn/${turn}`, { method: "POST", body: "" }).catch(() => { lost.hidden = false; });
});
