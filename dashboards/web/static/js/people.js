// Choosing unknown people, naming them in a dialog, and all of it by keys.
(() => {
  const chosen = new Set();
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const groups = () => all("[data-group]");

  function show() {
    for (const group of groups()) {
      const is = chosen.has(group.dataset.group);
      group.classList.toggle("is-chosen", is);
      const box = group.querySelector("[data-pick]");
      if (box) box.checked = is;
    }
    const bar = document.getElementById("chosen-bar");
    if (!bar) return;
    bar.hidden = chosen.size === 0;
    bar.querySelector("[data-chosen-count]").textContent = `${chosen.size} chosen`;
  }

  // An address may say who is meant: the server marks them.
  for (const group of all("[data-chosen]")) chosen.add(group.dataset.group);
  show();

  function choose(id, is) {
    if (is) chosen.add(id);
    else chosen.delete(id);
    show();
  }

  // The group of a button that stands in one, else everybody who is chosen.
  const meant = (group) => (group && !chosen.has(group.dataset.group) ? [group.dataset.group] : [...chosen]);

  function openNaming(ids, kind) {
    const dialog = document.getElementById("naming");
    dialog.querySelector("[data-naming-title]").textContent = kind === "new" ? "New person" : "This is…";
    dialog.querySelector("[name=kind]").value = kind;
    dialog.querySelector("[name=person]").value = "";
    dialog.querySelector("[data-naming-ids]").replaceChildren(...ids.map((id) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "unknown_id", value: id });
      return input;
    }));
    const faces = ids.flatMap((id) => all(".face", document.getElementById(id) || dialog)).slice(0, 8);
    dialog.querySelector("[data-naming-faces]").replaceChildren(...faces.map((face) => face.cloneNode()));
    dialog.showModal();
    dialog.querySelector("[name=person]").focus();
  }

  function act(what, group) {
    const ids = meant(group);
    if (what === "clear") { chosen.clear(); show(); return; }
    if (!ids.length) return;
    if (what === "name" || what === "new") { openNaming(ids, what === "new" ? "new" : ""); return; }
    if (what === "merge" && ids.length < 2) { window.facetrail.note("Choose at least two to merge.", "warning"); return; }
    window.htmx.ajax("POST", `/unknowns/${what}`, { values: { unknown_id: ids }, target: "#work", swap: "afterbegin" });
  }

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-act]");
    if (pressed) act(pressed.dataset.act, pressed.closest("[data-group]"));
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick]")) choose(event.target.closest("[data-group]").dataset.group, event.target.checked);
    if (event.target.matches("[data-names]")) {
      const files = [...event.target.files].map((file) => file.name);
      document.querySelector(event.target.dataset.names).textContent = files.length > 3 ? `${files.length} pictures` : files.join(", ");
    }
  });

  // A dialog's form that was sent well closes its dialog.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-closes-after]");
    if (form && event.detail.elt === form && event.detail.successful) { form.closest("dialog").close(); form.reset(); }
  });
  // What is done is over for those it was about; a list that was read anew has other groups.
  document.addEventListener("relabelled", () => { chosen.clear(); show(); });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "groups") return;
    for (const id of [...chosen]) if (!groups().some((group) => group.dataset.group === id)) chosen.delete(id);
    show();
  });

  function move(step) {
    const list = groups();
    const at = list.indexOf(document.activeElement?.closest?.("[data-group]"));
    const next = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }
  const ofKey = { t: "name", n: "new", i: "ignore", m: "merge", f: "not-a-face" };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select") || !groups().length) return;
    const group = document.activeElement?.closest?.("[data-group]");
    const button = group?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
    else if (event.key === "u") document.querySelector("[data-undo]")?.click();
    else if (button) { button.click(); move(1); }
    else if (event.key === "x" && group) choose(group.dataset.group, !chosen.has(group.dataset.group));
    else if (ofKey[event.key] && document.getElementById("naming") && (group || chosen.size)) act(ofKey[event.key], group);
    else return;
    event.preventDefault();
  });
})();
