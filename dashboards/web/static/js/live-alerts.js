// Alerts told aloud: a sound, and a notification of the system, each off until somebody switches it on in this browser.
(() => {
  const sound = document.querySelector("[data-alert-sound]");
  const notices = document.querySelector("[data-alert-notices]");
  if (!sound || !notices) return;
  const silence = document.querySelector("[data-silence]");
  const PATIENCE_MS = 500, REST_MS = 1500;
  const TONES = [[880, 0], [1175, 0.16]]; // hertz, after so many seconds
  let audio = null, isAwake = false, resting = null;

  const isOn = (button) => button.getAttribute("aria-pressed") === "true";
  const told = (words, kind) => window.facetrail.note(words, kind);

  function set(button, name, on) {
    button.setAttribute("aria-pressed", String(on));
    localStorage.setItem(name, on ? "on" : "");
  }

  // A browser keeps a page silent until somebody has pressed something on it; until then it waits here.
  async function wake() {
    if (!isOn(sound)) return;
    audio ??= new AudioContext();
    await audio.resume();
    isAwake = true;
    silence.hidden = true;
  }

  function tellSilence() {
    silence.hidden = isAwake || !isOn(sound);
  }

  async function ring() {
    if (!isOn(sound) || !isAwake) return tellSilence();
    await audio.resume();
    const volume = audio.createGain(), now = audio.currentTime;
    volume.gain.setValueAtTime(0.15, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + 0.7);
    volume.connect(audio.destination);
    for (const [hertz, after_s] of TONES) {
      const tone = audio.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(volume);
      tone.start(now + after_s);
      tone.stop(now + after_s + 0.5);
    }
    clearTimeout(resting);
    resting = setTimeout(() => audio.suspend(), REST_MS);
  }

  sound.addEventListener("click", async () => {
    set(sound, "alert-sound", !isOn(sound));
    tellSilence();
    await wake();
    ring();
  });
  for (const gesture of ["click", "keydown", "pointerup"]) {
    document.addEventListener(gesture, () => { if (!isAwake) wake(); }, { capture: true });
  }

  // Browsers on phones notify by a worker only, and those on desktops by one, too.
  const canNotify = "Notification" in window && "serviceWorker" in navigator;

  async function worker() {
    const registration = await navigator.serviceWorker.register(notices.dataset.worker);
    const coming = registration.installing || registration.waiting;
    if (registration.active || !coming) return registration;
    await new Promise((done) => {
      coming.addEventListener("statechange", () => { if (coming.state === "activated") done(); });
    });
    return registration;
  }

  async function notify({ alert, words, face }, link) {
    const notice = { body: words, tag: alert, icon: face, data: link, requireInteraction: true };
    await (await worker()).showNotification("Facetrail alert", notice);
  }

  async function mayNotify() {
    if (!canNotify) {
      told("Browsers notify only for pages that come by https, or from this machine itself.", "warning");
      return false;
    }
    const answer = await Notification.requestPermission();
    if (answer === "granted") return true;
    told(answer === "denied"
      ? "This browser blocks notifications of this page. Allow them where it keeps the page's permissions, beside its address, and press again."
      : "Without your permission there are no notifications. Press again to be asked again.", "warning");
    return false;
  }

  notices.addEventListener("click", async () => {
    const on = !isOn(notices) && (await mayNotify());
    if (on) await worker();
    set(notices, "alert-notices", on);
    if (on) told("Alerts are told by notifications while this page is open somewhere.", "good");
  });

  // Alerts that have just begun, as their elements on the page.
  window.facetrail.tellAlerts = (alerts) => {
    if (!alerts.length) return;
    ring();
    if (!isOn(notices) || Notification.permission !== "granted") return;
    for (const one of alerts) notify(one.dataset, one.href);
  };

  set(sound, "alert-sound", localStorage.getItem("alert-sound") === "on");
  const mayStill = canNotify && Notification.permission === "granted";
  set(notices, "alert-notices", mayStill && localStorage.getItem("alert-notices") === "on");
  notices.hidden = !canNotify && window.isSecureContext;
  wake();
  setTimeout(tellSilence, PATIENCE_MS);
})();
