// What hands do on the timeline: drag, pinch, wheel and keys.
(() => {
  const timeline = window.facetrail.timeline;
  if (!timeline) return;
  const { frame, view } = timeline;
  const hands = new Map(); // pointer -> { x, y, began }
  const FAR_PX = 5, NEAR_PX = 12, LINE_PX = 16, WHEEL_PX = 100, MOST_WHEEL = 0.7;

  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || (!hands.size && event.target.closest(".timeline-name"))) return;
    hands.set(event.pointerId, { x: event.clientX, y: event.clientY, began: event.clientX });
  });

  window.addEventListener("pointermove", (event) => {
    const hand = hands.get(event.pointerId);
    if (!hand) return;
    if (!timeline.wasDragged && hands.size === 1 && Math.abs(event.clientX - hand.began) < FAR_PX) return;
    timeline.wasDragged = true;
    frame.classList.add("is-moved");
    const now = { x: event.clientX, y: event.clientY };
    const other = [...hands.entries()].find(([id]) => id !== event.pointerId)?.[1];
    if (other) pinch(hand, now, other);
    else slide(hand.x, now.x);
    Object.assign(hand, now);
  });

  function slide(before, after) {
    const by = timeline.at(after) - timeline.at(before);
    timeline.change(view.from - by, view.to - by);
  }

  // Two fingers: what lies between them stays between them.
  function pinch(before, after, other) {
    const gap = Math.hypot(before.x - other.x, before.y - other.y), wider = Math.hypot(after.x - other.x, after.y - other.y);
    if (gap < NEAR_PX || wider < NEAR_PX) return;
    const [middle, moved] = [before, after].map((hand) => (hand.x + other.x) / 2);
    timeline.zoom(gap / wider, timeline.at(middle));
    slide(middle, moved);
  }

  // With two fingers down the page does not scroll, wherever they go; with one it scrolls up and down.
  frame.addEventListener("touchmove", (event) => {
    if (event.touches.length > 1 && event.cancelable) event.preventDefault();
  }, { passive: false });

  for (const kind of ["pointerup", "pointercancel"]) {
    window.addEventListener(kind, (event) => {
      hands.delete(event.pointerId);
      if (hands.size) return;
      frame.classList.remove("is-moved");
      setTimeout(() => { timeline.wasDragged = false; }); // after the click that ends a drag
    });
  }

  // Pinching a touchpad comes as a wheel with the control key, in small steps.
  frame.addEventListener("wheel", (event) => {
    const [x, y] = [event.deltaX, event.deltaY].map((delta) => delta * (event.deltaMode ? LINE_PX : 1));
    const isAcross = Math.abs(x) > Math.abs(y) || event.shiftKey;
    const isZoom = event.ctrlKey || event.metaKey || event.target.closest(".timeline-axis");
    const step = Math.max(-MOST_WHEEL, Math.min(MOST_WHEEL, y / WHEEL_PX));
    if (isZoom) timeline.zoom(Math.exp(step), timeline.at(event.clientX));
    else if (isAcross) timeline.move((x || y) / frame.clientWidth);
    else return;
    event.preventDefault();
  }, { passive: false });

  frame.addEventListener("click", (event) => {
    if (!timeline.wasDragged && event.target.closest(".timeline-density")) timeline.zoom(0.25, timeline.at(event.clientX));
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
