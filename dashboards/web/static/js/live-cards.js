// Sightings as they come: cards are put in their order, durations grow, and alerts are told once.
(() => {
  const stream = document.querySelector("[data-events]");
  if (!stream) return;
  const MOST_CARDS = 48;
  const cards = document.getElementById("cards");
  const alerts = document.getElementById("alerts");
  const empty = stream.querySelector("[data-empty]");
  const state = stream.querySelector("[data-stream-state]");
  const ahead_s = Date.now() / 1000 - Number(stream.dataset.now); // this clock, compared with the server's
  const heard = new Set([...alerts.querySelectorAll("[data-alert]")].map((alert) => alert.dataset.alert));

  function parsed(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  }

  function put(html) {
    const card = parsed(html);
    const before = document.getElementById(card.id);
    if (before) before.replaceWith(card);
    else {
      const started = Number(card.dataset.started);
      const next = [...cards.children].find((other) => Number(other.dataset.started) <= started);
      cards.insertBefore(card, next || null);
      card.classList.add("is-new");
    }
    while (cards.children.length > MOST_CARDS) cards.lastElementChild.remove();
    grow();
    stream.hidden = false;
    empty.hidden = cards.children.length > 0;
  }

  // As the filter `duration` of the pages writes it.
  function duration(seconds) {
    if (seconds < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${seconds.toFixed(0)} s`;
    const minutes = Math.floor(Math.round(seconds) / 60);
    const rest = Math.round(seconds) % 60;
    if (minutes < 60) return rest ? `${minutes} min ${rest} s` : `${minutes} min`;
    return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
  }

  function grow() {
    const now_s = Date.now() / 1000 - ahead_s;
    for (const card of cards.querySelectorAll('[data-ended=""]')) {
      const seconds = Math.max(0, now_s - Number(card.dataset.started));
      card.querySelector("[data-duration]").textContent = `for ${duration(Math.floor(seconds))}`.replace(".0 s", " s");
    }
  }

  function putAlerts(html) {
    alerts.innerHTML = html;
    const fresh = [...alerts.querySelectorAll("[data-alert]")].filter((alert) => !heard.has(alert.dataset.alert));
    for (const alert of fresh) heard.add(alert.dataset.alert);
    window.facetrail.tellAlerts?.(fresh);
  }

  function follow() {
    const source = new EventSource(stream.dataset.events);
    source.onopen = () => { state.textContent = ""; };
    source.onerror = () => {
      state.textContent = "Not connected; trying again";
      if (source.readyState === EventSource.CLOSED) setTimeout(follow, 3000); // it was refused; later it may not be
    };
    source.addEventListener("card", (event) => put(event.data));
    source.addEventListener("gone", (event) => {
      document.getElementById(`card-${event.data}`)?.remove();
      empty.hidden = cards.children.length > 0;
    });
    source.addEventListener("alerts", (event) => putAlerts(event.data));
    source.addEventListener("place", (event) => {
      const address = new URL(stream.dataset.events, location.href);
      address.searchParams.set("after", event.lastEventId);
      stream.dataset.events = address.pathname + address.search;
    });
  }

  grow();
  setInterval(grow, 1000);
  follow();
})();
