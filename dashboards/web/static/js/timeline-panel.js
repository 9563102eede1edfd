// The panel with a sighting's evidence beside the timeline: opened by its bar or row, closed by Escape or by going back.
(() => {
  const panel = document.getElementById("evidence");
  const timeline = window.facetrail.timeline;
  if (!panel) return;
  let opener = null;

  // The sightings of the table, in its order: what is beside the one whose evidence is open.
  function beside(step) {
    const id = panel.querySelector("[data-evidence-of]")?.dataset.evidenceOf;
    const listed = [...document.querySelectorAll("#timeline-table [data-evidence]")];
    const at = listed.findIndex((link) => link.dataset.evidence === id);
    return at < 0 ? undefined : listed[at + step];
  }

  // An open panel is a step of the browser's history, so that a phone's way back closes it.
  async function open(link, focused = "[data-evidence-title]") {
    const wasHidden = panel.hidden;
    opener = link;
    await window.htmx.ajax("GET", `/sightings/${link.dataset.evidence}`, { target: "#evidence", swap: "innerHTML" });
    panel.hidden = false;
    panel.scrollTop = 0;
    for (const button of panel.querySelectorAll("[data-evidence-step]")) button.disabled = !beside(+button.dataset.evidenceStep);
    panel.querySelector(`${focused}:not(:disabled)`)?.focus({ preventScroll: true });
    timeline?.mark(link.dataset.evidence);
    if (wasHidden) history.pushState({ evidence: true }, "");
  }

  function close() {
    if (panel.hidden) return;
    if (history.state?.evidence) history.back();
    else hide();
  }

  function hide() {
    if (panel.hidden) return;
    panel.hidden = true;
    panel.replaceChildren();
    timeline?.mark(null);
    opener?.focus?.({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-evidence-close]")) return close();
    const step = event.target.closest("[data-evidence-step]")?.dataset.evidenceStep;
    const link = step ? beside(+step) : event.target.closest("[data-evidence]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!timeline?.wasDragged) open(link, step && `[data-evidence-step="${step}"]`);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  window.addEventListener("popstate", () => {
    hide();
    timeline?.change(timeline.view.from, timeline.view.to); // the address of before is of before
  });
})();
