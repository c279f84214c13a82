/* Offers for the search box while somebody types. They come from this site alone and are kept
   nowhere. Without this script the form is a plain form. */
"use strict";

(() => {
  const input = document.querySelector("form.search input[data-offers]");
  if (!input || !window.fetch) return;

  const SHORTEST = 2;
  const PAUSE = 150; /* milliseconds without a key before the server is asked */
  const list = document.createElement("datalist");
  list.id = "offers";
  input.after(list);
  input.setAttribute("list", list.id);
  let waiting;
  let asked = "";
  let asking;

  async function offer() {
    const typed = input.value;
    if (typed === asked) return;
    asked = typed;
    if (asking) asking.abort();
    if (typed.trim().length < SHORTEST) {
      list.replaceChildren();
      return;
    }
    asking = new AbortController();
    try {
      const address = `${input.dataset.offers}?${new URLSearchParams({ q: typed })}`;
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) return;
      const offers = await answer.json();
      list.replaceChildren(...offers.map(option));
    } catch {
      /* Nothing to offer: the line is gone, or more was typed meanwhile. */
    }
  }

  function option({ question, label }) {
    const one = document.createElement("option");
    one.value = question;
    one.label = label;
    return one;
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, PAUSE);
  });
})();
