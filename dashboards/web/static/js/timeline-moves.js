// What hands do on the timeline: drag, pinch, wheel and keys; and the panel with a sighting's evidence.
(() => {
  const panel = document.getElementById("evidence");
  const timeline = window.facetrail.timeline;
  let opener = null;

  async function openEvidence(id, from) {
    opener = from;
    await window.htmx.ajax("GET", `/sightings/${id}`, { target: "#evidence", swap: "innerHTML" });
    panel.hidden = false;
    panel.scrollTop = 0;
    panel.querySelector("[data-evidence-title]")?.focus({ preventScroll: true });
    timeline?.mark(id);
  }

  function closeEvidence() {
    if (!panel || panel.hidden) return;
    panel.hidden = true;
    panel.replaceChildren();
    timeline?.mark(null);
    opener?.focus?.({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-evidence-close]")) return closeEvidence();
    const link = event.target.closest("[data-evidence]");
    if (!panel || !link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!wasDragged) openEvidence(link.dataset.evidence, link);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeEvidence(); });
  document.querySelector("[data-day-form] input[type=date]")?.addEventListener("change", (event) => event.target.form.submit());

  let wasDragged = false;
  if (!timeline) return;
  const { frame, view } = timeline;
  const hands = new Map(); // pointer -> { x, began }
  const FAR_PX = 5;

  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest(".timeline-name")) return;
    if (!hands.size) wasDragged = false;
    hands.set(event.pointerId, { x: event.clientX, began: event.clientX });
  });

  window.addEventListener("pointermove", (event) => {
    const hand = hands.get(event.pointerId);
    if (!hand) return;
    if (!wasDragged && hands.size === 1 && Math.abs(event.clientX - hand.began) < FAR_PX) return;
    wasDragged = true;
    frame.classList.add("is-moved");
    const others = [...hands.entries()].filter(([id]) => id !== event.pointerId).map(([, one]) => one);
    if (others.length) pinch(hand.x, event.clientX, others[0].x);
    else timeline.change(...[view.from, view.to].map((at) => at - (timeline.at(event.clientX) - timeline.at(hand.x))));
    hand.x = event.clientX;
  });

  // Two fingers: what lies below them stays below them.
  function pinch(before, after, other) {
    const gap = Math.abs(before - other), wider = Math.abs(after - other);
    if (gap < 12 || wider < 12) return;
    timeline.zoom(gap / wider, timeline.at(other));
  }

  for (const kind of ["pointerup", "pointercancel"]) {
    window.addEventListener(kind, (event) => {
      hands.delete(event.pointerId);
      if (!hands.size) frame.classList.remove("is-moved");
    });
  }

  frame.addEventListener("wheel", (event) => {
    const isAcross = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const isZoom = event.ctrlKey || event.metaKey || event.target.closest(".timeline-axis");
    if (isZoom) timeline.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 240))), timeline.at(event.clientX));
    else if (isAcross) timeline.move((event.deltaX || event.deltaY) / frame.clientWidth);
    else return;
    event.preventDefault();
  }, { passive: false });

  frame.addEventListener("click", (event) => {
    if (!wasDragged && event.target.closest(".timeline-density")) timeline.zoom(0.25, timeline.at(event.clientX));
  });

  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      "+": () => timeline.zoom(0.5), "=": () => timeline.zoom(0.5), "-": () => timeline.zoom(2),
      ArrowLeft: () => timeline.move(-0.25), ArrowRight: () => timeline.move(0.25),
      PageUp: () => timeline.move(-1), PageDown: () => timeline.move(1),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.querySelectorAll("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => timeline.zoom(button.dataset.zoom === "in" ? 0.5 : 2));
  });
  document.querySelectorAll("[data-move]").forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      timeline.move(+link.dataset.move);
    });
  });
})();
