// Accounts: showing a password while it is written, copying what is shown once, emptying a form that was taken.
(() => {
  document.addEventListener("click", async (event) => {
    const show = event.target.closest("[data-shows-secret]");
    if (show) {
      const input = show.parentElement.querySelector("input");
      const isShown = input.type === "password";
      input.type = isShown ? "text" : "password";
      show.textContent = isShown ? "Hide" : "Show";
      show.setAttribute("aria-pressed", String(isShown));
    }
    const copy = event.target.closest("[data-copies]");
    if (copy) await copyFrom(document.getElementById(copy.dataset.copies), copy);
  });

  async function copyFrom(source, button) {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch { // without TLS browsers give no clipboard: it is selected for the keyboard
      getSelection().selectAllChildren(source);
      button.textContent = "Press Ctrl+C";
    }
  }

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.matches("form[data-empties]")) event.target.reset();
  });
})();
