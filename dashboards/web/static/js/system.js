// The system page looks anew every other second: while somebody sees it, and nobody is about to press something on it.
(() => {
  const EVERY_MS = 2000;
  setInterval(() => {
    const now = document.getElementById("now");
    if (!now || document.hidden || now.contains(document.activeElement) || now.classList.contains("htmx-request")) return;
    if (!getSelection().isCollapsed) return;
    htmx.trigger(now, "look");
  }, EVERY_MS);
})();
