// Sightings as they come: cards are put in their order, durations grow, and alerts are heard by those who want to.
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
      card.querySelector("[data-duration]").textContent = `here for ${duration(Math.floor(seconds))}`.replace(".0 s", " s");
    }
  }

  function putAlerts(html) {
    alerts.innerHTML = html;
    for (const alert of alerts.querySelectorAll("[data-alert]")) {
      if (heard.has(alert.dataset.alert)) continue;
      heard.add(alert.dataset.alert);
      tell(alert.dataset.words);
    }
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

  // Sound and notifications are off until somebody switches them on, here and in this browser.
  const sound = document.querySelector("[data-alert-sound]");
  const notices = document.querySelector("[data-alert-notices]");

  function isOn(button) {
    return button.getAttribute("aria-pressed") === "true";
  }

  function set(button, name, on) {
    button.setAttribute("aria-pressed", String(on));
    localStorage.setItem(name, on ? "on" : "");
  }

  function beep() {
    const audio = new AudioContext();
    const volume = audio.createGain();
    volume.gain.setValueAtTime(0.15, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.7);
    volume.connect(audio.destination);
    for (const [hertz, after_s] of [[880, 0], [1175, 0.16]]) {
      const tone = audio.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(volume);
      tone.start(audio.currentTime + after_s);
      tone.stop(audio.currentTime + after_s + 0.5);
    }
    setTimeout(() => audio.close(), 1500);
  }

  function tell(words) {
    if (isOn(sound)) beep();
    if (isOn(notices) && Notification.permission === "granted") new Notification("Facetrail alert", { body: words });
  }

  sound.addEventListener("click", () => {
    set(sound, "alert-sound", !isOn(sound));
    if (isOn(sound)) beep();
  });
  if (!("Notification" in window)) notices.hidden = true;
  notices.addEventListener("click", async () => {
    const may = isOn(notices) || (await Notification.requestPermission()) === "granted";
    if (!may) window.facetrail.note("This browser does not let Facetrail notify you; its settings for this page do.", "warning");
    set(notices, "alert-notices", may && !isOn(notices));
  });
  set(sound, "alert-sound", localStorage.getItem("alert-sound") === "on");
  set(notices, "alert-notices", localStorage.getItem("alert-notices") === "on");

  for (const select of document.querySelectorAll("[data-submits]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".stream-filters")) return;
    for (const field of event.target.querySelectorAll("select")) field.disabled = !field.value; // no empty filters in the address
  });
  grow();
  setInterval(grow, 1000);
  follow();
})();
