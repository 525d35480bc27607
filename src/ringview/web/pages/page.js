// The page around the terminal: where its socket is, the size of its text, and what is said when
// the connection has ended. Loaded before the terminal starts.
"use strict";

const LARGER = 1.5; // the font of the lecture layout, against the ordinary one
const COLUMNS = 80; // what must remain of the screen then
const ROWS = 22;

document.addEventListener("DOMContentLoaded", () => {
  const element = document.getElementById("terminal");
  const scheme = location.protocol === "https:" ? "wss://" : "ws://";
  const path = location.pathname.replace(/\/$/, "");
  element.dataset.sessionWebsocketUrl = scheme + location.host + path + "/ws";
  const asked = Number(new URLSearchParams(location.search).get("fontsize"));
  if (asked >= 6 && asked <= 96) {
    element.dataset.fontSize = asked;
  }
  let size = Number(element.dataset.fontSize);
  let large = false;

  function resize() {
    const { terminal } = element;
    const set = (pixels) => {
      terminal.options.fontSize = Math.floor(pixels);
      window.dispatchEvent(new Event("resize"));
    };
    if (large) {
      const room = Math.min(LARGER, terminal.cols / COLUMNS, terminal.rows / ROWS);
      set(Math.max(size, terminal.options.fontSize * room));
    } else {
      set(size);
    }
  }

  window.addEventListener("load", () => {
    const terminal = element.terminal;
    if (!terminal) {
      return;
    }
    terminal.options.screenReaderMode = true;
    // The screen asks for larger text by its window title.
    terminal.onTitleChange((title) => {
      if (large !== title.endsWith("large")) {
        large = !large;
        resize();
      }
    });
    for (const [id, step] of [["smaller", -2], ["larger", 2]]) {
      document.getElementById(id).addEventListener("click", () => {
        size = Math.min(96, Math.max(6, size + step));
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
