// Keeps a sighting's evidence true once the record was named anew: its name, why, and what can be said of it.
(() => {
  const PARTS = ["evidence-name", "evidence-summary", "evidence-why", "evidence-right"];

  function replace(now) {
    for (const id of PARTS) {
      const old = document.getElementById(id), made = now.getElementById(id);
      if (!old || !made) continue;
      old.replaceWith(made);
      window.htmx.process(made);
    }
  }

  // No face is in the record no longer, and who is somebody else may have become part of another sighting.
  function tellGone() {
    document.getElementById("evidence-name").textContent = "Not in the record any more";
    for (const id of PARTS.slice(1)) {
      const part = document.getElementById(id);
      if (part) part.hidden = true;
    }
  }

  document.addEventListener("relabelled", async () => {
    const evidence = document.querySelector("[data-evidence-of]");
    if (!evidence) return;
    const answer = await fetch(`/sightings/${evidence.dataset.evidenceOf}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!evidence.isConnected || !answer) return;
    if (answer.status === 404) tellGone();
    else if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
  });
})();
