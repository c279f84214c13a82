/* A file in pieces, for lines that break: each piece goes to the place where the last one ended,
   as the server says it. Nothing is kept in the browser. Without this script, or where it fails,
   the form sends the file in one piece. */
"use strict";

(() => {
  const form = document.getElementById("sending");
  const input = document.getElementById("f-file");
  if (!form || !input || !window.fetch || !Blob.prototype.arrayBuffer) return;

  const limit = Number(form.dataset.limit);
  const piece = Number(form.dataset.piece);
  const token = form.elements.csrf_token.value;
  const button = form.querySelector("button");
  const told = document.getElementById("told");
  const bar = document.getElementById("sent");
  const words = {};
  for (const one of form.querySelectorAll("[data-say]")) {
    words[one.dataset.say] = (one.content || one).textContent;
  }
  const progress = form.querySelector("p[data-say]");
  const language = document.documentElement.lang;
  const REGIONAL = { es: "es-419" }; /* Numbers as Latin America writes them. */
  const LONGEST_PAUSE = 60;
  const MOST_PAUSES = 10;
  const HEAD = 1024;

  class Stop extends Error {}

  function tell(sentence, wrong) {
    const line = document.createElement("p");
    line.textContent = sentence;
    line.className = wrong ? "fault" : "";
    told.replaceChildren(line);
  }

  function megabytes(bytes) {
    const size = bytes / 1e6;
    const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    return size.toLocaleString(REGIONAL[language] || language, digits) + " MB";
  }

  function show(held, size) {
    bar.value = held / size;
    progress.textContent = words.progress
      .replace("{sent}", megabytes(held))
      .replace("{size}", megabytes(size));
  }

  const TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
    let rest = start;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
    return rest;
  });

  /* CRC-32: tells this file from another that only looks alike, and a damaged one from a whole. */
  async function checksum(file) {
    let sum = 0xffffffff;
    for (let at = 0; at < file.size; at += 4 * piece) {
      const bytes = new Uint8Array(await file.slice(at, at + 4 * piece).arrayBuffer());
      for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
    }
    return ((sum ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
  }

  async function looksLikePdf(file) {
    const bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("").includes("%PDF-");
  }

  /* Until the pause is over, or the browser knows that the line is back. */
  function pause(seconds) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        window.removeEventListener("online", done);
        resolve();
      };
      const timer = setTimeout(done, seconds * 1000);
      window.addEventListener("online", done);
    });
  }

  /* What the server says; null where the line broke or the server asks for patience. */
  async function ask(address, options) {
    let answer;
    try {
      answer = await fetch(address, { ...options, redirect: "manual", credentials: "same-origin" });
    } catch {
      return null;
    }
    if (answer.type === "opaqueredirect") throw new Stop(words.session);
    if (answer.status === 429 || answer.status >= 500) return null;
    if (!(answer.headers.get("Content-Type") || "").includes("json")) {
      throw new Stop(words.session);
    }
    let said;
    try {
      said = await answer.json();
    } catch {
      return null;
    }
    if (said.sentence) throw new Stop(said.sentence);
    if (answer.status !== 200 && answer.status !== 409) throw new Stop(words.session);
    return said;
  }

  async function send(file) {
    const about = `?size=${file.size}&checksum=${await checksum(file)}`;
    const address = form.dataset.arriving + about;
    let pauses = 0;
    let said = await ask(address, { method: "GET" });
    for (;;) {
      if (said) {
        pauses = 0;
        show(said.held, file.size);
        if (said.next) return said.next;
        said = await ask(`${address}&offset=${said.held}`, {
          method: "POST",
          headers: { "X-CSRFToken": token, "Content-Type": "application/octet-stream" },
          body: file.slice(said.held, said.held + piece),
        });
      } else {
        pauses += 1;
        if (pauses > MOST_PAUSES) throw new Stop(words.stopped);
        const seconds = Math.min(2 ** (pauses - 1), LONGEST_PAUSE);
        tell(words.pause.replace("{seconds}", seconds));
        await pause(seconds);
        said = await ask(address, { method: "GET" });
        if (said) tell(words.begun);
      }
    }
  }

  function working(yes) {
    button.disabled = yes;
    form.querySelector("[data-when=sending]").hidden = !yes;
    if (!yes) button.focus();
  }

  async function begin(file) {
    if (file.size > limit) return tell(words.large, true);
    if (!file.size) return tell(words.empty, true);
    working(true);
    try {
      if (!(await looksLikePdf(file))) throw new Stop(words.other);
      show(0, file.size);
      tell(words.begun);
      window.location.assign(await send(file));
    } catch (error) {
      working(false);
      if (error instanceof Stop) tell(error.message, true);
      else form.submit(); // A fault of ours, or a browser that cannot: in one piece, then.
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) begin(input.files[0]);
    else tell(words.none, true);
  });

  const place = form.querySelector(".drop");
  form.querySelector("[data-when=dropping]").hidden = false;
  for (const name of ["dragenter", "dragover"]) {
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    place.addEventListener(name, () => place.classList.remove("over"));
  }
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
})();
