// The list of uploads: each with its progress, a pause, and going on by itself wherever a connection broke.
(() => {
  const form = document.getElementById("send");
  if (!form) return;
  const { UPLOADS, Trouble, begin, offsetAt, sendSome, remove, isReadable } = window.facetrail.sending;
  const AT_ONCE = 2;
  const WAITS_S = [1, 2, 4, 8, 15, 30];
  const files = document.getElementById("files");
  const list = document.getElementById("uploads");
  const lineTemplate = document.getElementById("upload-line");
  const uploads = []; // {file, line, query, address, state, stop, nTries}; states: waits, sends, paused, over

  files.addEventListener("change", () => {
    if (!form.reportValidity()) return;
    for (const file of files.files) add(file);
    files.value = "";
    goOn();
  });
  window.addEventListener("beforeunload", (event) => {
    if (uploads.some((one) => one.state === "sends" || one.state === "waits")) event.preventDefault();
  });
  for (const line of list.querySelectorAll("[data-upload]")) {
    buttonOf(line, "remove").onclick = () => take(line, `${UPLOADS}/${line.dataset.upload}`, line.dataset.name);
  }

  function add(file) {
    const isSame = (name, size, modified) => name === file.name.slice(0, 120) && size === file.size && modified === file.lastModified;
    if (uploads.some((one) => one.state !== "over" && isSame(one.file.name, one.file.size, one.file.lastModified))) {
      return window.facetrail.note(`${file.name} is being sent already`, "warning");
    }
    const begun = [...list.querySelectorAll("[data-upload]")].find(
      (line) => isSame(line.dataset.name, Number(line.dataset.size), Number(line.dataset.modified)));
    const one = { file, query: new URLSearchParams(new FormData(form)), state: "waits", nTries: 0, line: begun ?? newLine(file) };
    if (begun) { one.address = `${UPLOADS}/${begun.dataset.upload}`; delete begun.dataset.upload; }
    buttonOf(one.line, "pause").onclick = () => (one.state === "paused" ? wait(one) : pause(one, "Paused."));
    buttonOf(one.line, "remove").onclick = () => giveUp(one);
    uploads.push(one);
    wait(one);
  }

  function wait(one) {
    one.state = "waits";
    one.nTries = 0;
    one.line.classList.remove("upload-bad");
    buttonOf(one.line, "pause").hidden = false;
    buttonOf(one.line, "pause").textContent = "Pause";
    say(one, "waits for its turn");
    goOn();
  }

  function goOn() {
    while (uploads.filter((one) => one.state === "sends").length < AT_ONCE) {
      const next = uploads.find((one) => one.state === "waits");
      if (!next) return;
      next.state = "sends";
      next.stop = new AbortController();
      send(next, next.stop.signal).finally(goOn);
    }
  }

  async function send(one, stopped) {
    while (!stopped.aborted) {
      try {
        await sendAll(one, stopped);
        return done(one);
      } catch (error) {
        if (stopped.aborted) return;
        if (!(error instanceof Trouble)) throw error;
        if (error.kind === "paused") return pause(one, error.message);
        if (error.kind === "refused") return over(one, error.message);
        if (!await isReadable(one.file)) return over(one, "The file has changed, or is not there any more. Choose it again.");
        await untilAgain(one, stopped);
      }
    }
  }

  async function sendAll(one, stopped) {
    one.address ??= await begin(one.file, one.query);
    let offset = await offsetAt(one.address);
    if (offset === null) { one.address = await begin(one.file, one.query); offset = 0; }
    const from = { offset, at: performance.now() };
    show(one, offset, from);
    while (offset < one.file.size && !stopped.aborted) {
      offset = await sendSome(one.address, one.file, offset, stopped, (now) => show(one, now, from));
      one.nTries = 0;
    }
    if (stopped.aborted) throw new Trouble("lost", "");
  }

  // A while, longer each time; at once when the network is back.
  function untilAgain(one, stopped) {
    const seconds = WAITS_S[Math.min(one.nTries++, WAITS_S.length - 1)];
    say(one, `The connection was lost. It goes on by itself in ${seconds} s; what has come stays.`);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      const now = () => { clearTimeout(timer); resolve(); };
      window.addEventListener("online", now, { once: true });
      stopped.addEventListener("abort", now, { once: true });
    });
  }

  function pause(one, words) {
    one.state = "paused";
    one.stop?.abort();
    buttonOf(one.line, "pause").textContent = "Go on";
    say(one, words);
  }

  function giveUp(one) {
    if (one.state === "over") return one.line.remove();
    const stops = () => { one.state = "over"; one.stop?.abort(); };
    if (!one.address) { stops(); return one.line.remove(); }
    take(one.line, one.address, one.file.name, stops);
  }

  async function take(line, address, name, stops = () => {}) {
    if (!confirm(`Remove what has come of ${name}?`)) return;
    stops();
    line.remove();
    await remove(address).catch(() => window.facetrail.note("Facetrail does not answer. Is it running?"));
  }

  function done(one) {
    one.state = "over";
    for (const button of one.line.querySelectorAll("button")) button.remove();
    progress(one.line, 1);
    say(one, "has come and is looked into");
    htmx.trigger(document.body, "footage-sent");
    setTimeout(() => one.line.remove(), 6000);
  }

  function over(one, words) {
    one.state = "over";
    one.line.classList.add("upload-bad");
    one.line.querySelector(".progress").hidden = true;
    buttonOf(one.line, "pause").hidden = true;
    buttonOf(one.line, "remove").textContent = "Close";
    say(one, words[0].toUpperCase() + words.slice(1));
  }

  function newLine(file) {
    const line = lineTemplate.content.firstElementChild.cloneNode(true);
    line.querySelector(".upload-name").textContent = file.name;
    line.querySelector(".progress").setAttribute("aria-label", `Upload of ${file.name}`);
    list.append(line);
    return line;
  }

  function show(one, offset, from) {
    const seconds = (performance.now() - from.at) / 1000;
    const rate = (offset - from.offset) / Math.max(0.1, seconds);
    const left = rate > 0 ? `, ${mb(rate)} MB/s, ${Math.round((one.file.size - offset) / rate)} s left` : "";
    progress(one.line, offset / one.file.size);
    say(one, offset < one.file.size ? `${mb(offset)} of ${mb(one.file.size)} MB${left}` : "all sent; it is put in its place");
  }

  function progress(line, part) {
    const percent = Math.floor(part * 100);
    line.querySelector(".progress").setAttribute("aria-valuenow", String(percent));
    line.querySelector(".progress-done").style.width = `${percent}%`;
  }

  function say(one, words) { one.line.querySelector(".upload-words").textContent = words; }
  function buttonOf(line, name) { return line.querySelector(`[data-${name}]`); }
  function mb(bytes) { return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0); }
})();
