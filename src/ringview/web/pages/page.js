// The page around the terminal: where its socket is, the size of its text, and what is said when
// the connection has ended. Loaded before the terminal starts.
"use strict";

const LARGER = 1.5; // the font of the lecture layout, against the ordinary one
const ENOUGH = [80, 22]; // columns and rows that must remain of the screen then
const LEAST = [60, 18]; // and at any size: below that nothing can be shown
const SMALLEST = 6;

document.addEventListener("DOMContentLoaded", () => {
  const element = document.getElementById("terminal");
  const scheme = location.protocol === "https:" ? "wss://" : "ws://";
  const path = location.pathname.replace(/\/$/, "");
  element.dataset.sessionWebsocketUrl = scheme + location.host + path + "/ws";
  const asked = Number(new URLSearchParams(location.search).get("fontsize"));
  if (asked >= SMALLEST && asked <= 96) {
    element.dataset.fontSize = asked;
  }
  let size = Number(element.dataset.fontSize);
  let large = false;

  // The font at which the window holds so many columns and rows, by what it holds now.
  function fontFor([columns, rows]) {
    const { cols, rows: lines, options } = element.terminal;
    return Math.floor(options.fontSize * Math.min(cols / columns, lines / rows));
  }

  // In a large font while the lecture is, as far as the window allows; whole in every window.
  // Cells are whole pixels, so a font that turned out too large is not tried again in the same one.
  let tooLarge = Infinity;
  let shape = "";
  function resize() {
    const { cols, rows, options } = element.terminal;
    const now = [window.innerWidth, window.innerHeight, size, large].join();
    if (now !== shape) {
      shape = now;
      tooLarge = Infinity;
    }
    const needed = large && options.fontSize > size ? ENOUGH : LEAST;
    if (cols < needed[0] || rows < needed[1]) {
      tooLarge = Math.min(tooLarge, options.fontSize);
    }
    let pixels = size;
    if (large) {
      pixels = Math.max(size, Math.min(Math.floor(size * LARGER), fontFor(ENOUGH)));
    }
    pixels = Math.max(SMALLEST, Math.min(pixels, fontFor(LEAST), tooLarge - 1));
    if (pixels !== options.fontSize) {
      options.fontSize = pixels;
      window.dispatchEvent(new Event("resize"));
      requestAnimationFrame(resize); // it may hold no more than before
    }
  }

  window.addEventListener("load", () => {
    const terminal = element.terminal;
    if (!terminal) {
      return;
    }
    terminal.options.screenReaderMode = true;
    terminal.onResize(resize); // the window has another size
    resize();
    // The screen asks for larger text by its window title.
    terminal.onTitleChange((title) => {
      if (large !== title.endsWith("large")) {
        large = !large;
        resize();
      }
    });
    for (const [id, step] of [["smaller", -2], ["larger", 2]]) {
      document.getElementById(id).addEventListener("click", () => {
        size = Math.min(96, Math.max(SMALLEST, size + step));
        large = false;
        resize();
        terminal.focus();
      });
    }
  });

  new MutationObserver((changes, observer) => {
    if (document.body.classList.contains("-loaded")) {
      observer.disconnect();
      element.terminal?.focus();
    }
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });

  new MutationObserver(async () => {
    if (!document.body.classList.contains("-closed")) {
      return;
    }
    const closed = document.getElementById("closed");
    const why = document.getElementById("why");
    const again = document.getElementById("again");
    let over = true;
    try {
      over = (await (await fetch("/state")).json()).over;
    } catch {
      // The server has gone, and with it the lecture.
    }
    why.textContent = over ? "The lecture has ended." : "This screen is closed.";
    again.hidden = over;
    closed.hidden = false;
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });

  document.getElementById("again").addEventListener("click", () => location.reload());
});
