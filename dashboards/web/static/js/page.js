// What every page does: switching the theme, telling what went wrong, opening and closing dialogs.
(() => {
  const root = document.documentElement;

  function isDark() {
    if (root.dataset.theme) return root.dataset.theme === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }

  // data-theme-switch: a button. data-opens="id": shows the dialog of that id. data-closes: closes the dialog it is in.
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-theme-switch], [data-opens], [data-closes]");
    if (!pressed) return;
    if (pressed.hasAttribute("data-theme-switch")) {
      root.dataset.theme = isDark() ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
    } else if (pressed.dataset.opens) {
      document.getElementById(pressed.dataset.opens).showModal();
    } else {
      pressed.closest("dialog").close();
    }
  });

  // An address that ends in a dialog's id opens it: a page can lead to a change on another one.
  const asked = location.hash && document.getElementById(location.hash.slice(1));
  if (asked instanceof HTMLDialogElement) asked.showModal();

  // The sheet of further pages closes as menus do: by Escape, and by a press elsewhere.
  function closeSheet(isByKey) {
    const sheet = document.querySelector(".bar-more[open]");
    if (!sheet) return;
    sheet.open = false;
    if (isByKey) sheet.querySelector("summary").focus();
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeSheet(true); });
  document.addEventListener("click", (event) => { if (!event.target.closest(".bar-more")) closeSheet(false); });

  // data-submits: a field that sends its form once it was changed. data-tidy: a form whose empty fields stay out of the address.
  // A day that is typed is sent once its field is left: the first digit of a year is a year, too.
  const isTyped = (field) => field.type === "date" && "typed" in field.dataset;
  document.addEventListener("keydown", (event) => { if (event.target.matches("[type=date][data-submits]")) event.target.dataset.typed = ""; });
  document.addEventListener("focusout", ({ target }) => { if (isTyped(target) && target.value !== target.defaultValue) target.form.requestSubmit(); });
  document.addEventListener("change", ({ target }) => { if (target.matches("[data-submits]") && !isTyped(target)) target.form.requestSubmit(); });
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-tidy]")) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });

  // A note in the corner, gone after a while; `kind` is good, bad or warning. What is told already is not told again.
  function note(words, kind = "bad", link = "") {
    const notes = document.getElementById("notes");
    if ([...notes.children].some((other) => other.dataset.words === words)) return;
    const made = document.createElement("div");
    made.className = `note note-${kind}`;
    made.dataset.words = words;
    made.append(words, link);
    notes.append(made);
    const above = [...document.querySelectorAll("dialog[open]")].at(-1) || document.body; // else it would lie below
    if (notes.parentElement !== above) above.append(notes);
    setTimeout(() => made.remove(), kind === "bad" ? 12000 : 5000);
  }
  window.facetrail = { note };
  document.addEventListener("close", () => document.body.append(document.getElementById("notes")), true);

  // The token that every change has to send, for scripts that use fetch.
  window.facetrail.changes = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}");

  // Somebody who was signed out keeps what they typed, and is led back here.
  function noteSignedOut() {
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Sign in again";
    note("You are signed out. ", "bad", link);
  }

  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401 && location.pathname !== "/sign-in") return noteSignedOut();
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    note(answer.body.textContent.trim() || `The server answered ${event.detail.xhr.status}.`);
  });
  document.addEventListener("htmx:sendError", () => note("Facetrail does not answer. Is it running?"));

  // What hx-confirm asks is asked by a dialog of the page; its button says what is done.
  document.addEventListener("htmx:confirm", (event) => {
    const asking = document.getElementById("asking");
    const { question, elt, issueRequest } = event.detail;
    if (!question || !asking) return;
    event.preventDefault();
    document.getElementById("asking-words").textContent = question;
    asking.querySelector("[data-asking-yes]").textContent = elt.getAttribute("aria-label") || elt.textContent.trim() || "Yes";
    asking.returnValue = "";
    asking.addEventListener("close", () => { if (asking.returnValue === "yes") issueRequest(true); }, { once: true });
    asking.showModal();
  });

  // An answer's header HX-Trigger: {"note": {"words": "...", "kind": "good"}} shows a note.
  document.addEventListener("note", (event) => note(event.detail.words, event.detail.kind || "good"));

  // A face whose picture is not kept any more is drawn as one without a picture.
  const withoutPicture = (face) => { if (face.src !== new URL(document.body.dataset.noFace, location.href).href) face.src = document.body.dataset.noFace; };
  document.addEventListener("error", (event) => { if (event.target.matches?.("img.face[src]")) withoutPicture(event.target); }, true);
  for (const face of document.querySelectorAll("img.face[src]")) if (face.complete && !face.naturalWidth) withoutPicture(face);

  // A place to drop files: the drop's own file input takes them, and tells of the change.
  document.addEventListener("dragover", (event) => {
    const drop = event.target.closest?.(".drop");
    if (drop) { event.preventDefault(); drop.classList.add("is-over"); }
  });
  document.addEventListener("dragleave", (event) => event.target.closest?.(".drop")?.classList.remove("is-over"));
  document.addEventListener("drop", (event) => {
    const drop = event.target.closest?.(".drop");
    if (!drop) return;
    event.preventDefault();
    drop.classList.remove("is-over");
    const input = drop.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
