// Uploading footage with its progress, and choosing all videos of a folder.
(() => {
  const AT_ONCE = 2;
  const waiting = [];
  let running = 0;

  // A hidden page asks nothing; it asks again as soon as it is looked at.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.requestConfig.verb === "get") event.preventDefault();
  });

  const all = document.getElementById("all");
  all?.addEventListener("change", () => {
    for (const box of document.querySelectorAll("input[name=path]")) box.checked = all.checked;
  });

  const form = document.getElementById("send");
  if (!form) return;
  const files = document.getElementById("files");
  const list = document.getElementById("uploads");

  files.addEventListener("change", () => {
    if (!form.reportValidity()) return;
    for (const file of files.files) waiting.push({ file, line: addLine(file), query: queryOf(file) });
    files.value = "";
    goOn();
  });

  // Whoever leaves the page ends what is being sent.
  window.addEventListener("beforeunload", (event) => { if (running || waiting.length) event.preventDefault(); });

  function queryOf(file) {
    const query = new URLSearchParams(new FormData(form));
    query.set("name", file.name);
    query.set("modified_ms", String(file.lastModified));
    return query;
  }

  function addLine(file) {
    const line = document.createElement("li");
    line.className = "upload";
    line.innerHTML = '<span class="upload-name"></span><button class="button button-small" type="button">Stop</button>'
      + '<div class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="0"><div class="progress-done"></div></div>'
      + '<span class="upload-words faint number"></span>';
    line.querySelector(".upload-name").textContent = file.name;
    line.querySelector(".progress").setAttribute("aria-label", `Upload of ${file.name}`);
    show(line, 0, "waits");
    list.append(line);
    return line;
  }

  function show(line, part, words) {
    const percent = Math.round(part * 100);
    line.querySelector(".progress").setAttribute("aria-valuenow", String(percent));
    line.querySelector(".progress-done").style.width = `${percent}%`;
    line.querySelector(".upload-words").textContent = words;
  }

  function goOn() {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(waiting.shift()).finally(() => { running -= 1; goOn(); });
    }
  }

  async function send(one) {
    const { file, line, query } = one;
    const stop = new AbortController();
    const button = line.querySelector("button");
    button.onclick = () => stop.abort();
    try {
      const room = await fetch(`/footage/room?size=${file.size}`, { headers: { "HX-Request": "true" }, signal: stop.signal });
      if (!room.ok) throw new Error(textOf(await room.text()));
      const words = await sendBytes(file, line, query, stop.signal);
      done(line, words);
    } catch (error) {
      if (stop.signal.aborted) line.remove();
      else failed(line, error.message);
    }
  }

  function sendBytes(file, line, query, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const began = performance.now();
      request.open("POST", `/footage/upload?${query}`);
      request.setRequestHeader("HX-Request", "true");
      request.setRequestHeader("Content-Type", "application/octet-stream");
      for (const [name, value] of Object.entries(window.facetrail.changes())) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        const seconds = (performance.now() - began) / 1000;
        const rate = event.loaded / Math.max(0.1, seconds);
        const left = Math.round((event.total - event.loaded) / rate);
        const part = event.loaded / event.total;
        const sent = `${mb(event.loaded)} of ${mb(event.total)} MB, ${mb(rate)} MB/s`;
        show(line, part, part < 1 ? `${sent}, ${left} s left` : "all sent; it is put in its place");
      };
      request.onload = () => {
        const words = textOf(request.responseText);
        if (request.status < 300) resolve(words); else reject(new Error(words));
      };
      request.onerror = () => reject(new Error("The connection was lost. The server may have refused the file, or it is not running."));
      request.onabort = () => reject(new Error("stopped"));
      signal.addEventListener("abort", () => request.abort());
      request.send(file);
    });
  }

  function done(line, words) {
    show(line, 1, words);
    line.querySelector("button").remove();
    htmx.trigger(document.body, "footage-sent");
    setTimeout(() => line.remove(), 6000);
  }

  function failed(line, words) {
    line.classList.add("upload-bad");
    line.querySelector(".progress").remove();
    line.querySelector(".upload-words").textContent = words || "It could not be sent.";
    const button = line.querySelector("button");
    button.textContent = "Close";
    button.onclick = () => line.remove();
  }

  const mb = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
  const textOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
})();
