// Bytes of files to the server, by tus 1.0.0: one request at a time, and what went wrong in one.
(() => {
  const UPLOADS = "/api/v1/uploads";
  const CHUNK_BYTES = 16 * 1024 * 1024; // a proxy may keep a request until it is whole: no more than this is sent twice
  const SILENCE_MS = 40000; // a connection on which nothing moves for so long is dead
  const FINISHING_MS = 300000; // the last bytes are put in their place, which takes its time with a large file
  const PAUSES = new Set([401, 403, 429, 507]); // somebody has to do something before it can go on

  // What stands against an upload: `kind` is lost (it goes on by itself), paused (when somebody says so), or refused.
  class Trouble extends Error {
    constructor(kind, words) { super(words); this.kind = kind; }
  }

  function trouble(status, words) {
    if (status === 401) return new Trouble("paused", "You are signed out. Sign in again in another tab, load this page anew and choose the file again: it goes on from here.");
    if (PAUSES.has(status)) return new Trouble("paused", words || "It cannot go on now.");
    if (status === 0 || status === 404 || status === 408 || status === 409 || status >= 500) return new Trouble("lost", words);
    return new Trouble("refused", words || "It could not be sent.");
  }

  const headers = (more) => ({ "Tus-Resumable": "1.0.0", ...window.facetrail.changes(), ...more });
  const detailOf = (text) => { try { return JSON.parse(text).detail; } catch { return ""; } };
  const textOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();

  async function asked(address, options) {
    try { return await fetch(address, options); } catch { throw trouble(0, ""); }
  }

  // Announces a file, with what the form asks for; returns the address for its bytes.
  async function begin(file, query) {
    query.set("name", file.name);
    query.set("size", String(file.size));
    query.set("modified_ms", String(file.lastModified));
    const answer = await asked(`/footage/uploads?${query}`, { method: "POST", headers: { "HX-Request": "true", ...window.facetrail.changes() } });
    if (answer.status !== 201) throw trouble(answer.status, textOf(await answer.text()));
    return answer.headers.get("Location");
  }

  // How many bytes the server has; null when it does not know the upload any more.
  async function offsetAt(address) {
    const answer = await asked(address, { method: "HEAD", headers: headers() });
    if (answer.status === 404) return null;
    if (!answer.ok) throw trouble(answer.status, "");
    return Number(answer.headers.get("Upload-Offset"));
  }

  // Sends some bytes from `offset` on; returns the offset after those that the server has now.
  function sendSome(address, file, offset, signal, onProgress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const give = () => request.abort();
      let silence = setTimeout(give, SILENCE_MS);
      const listen = (patience) => { clearTimeout(silence); silence = setTimeout(give, patience); };
      const over = (settle, value) => { clearTimeout(silence); signal.removeEventListener("abort", give); settle(value); };
      request.open("PATCH", address);
      const type = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
      for (const [name, value] of Object.entries(headers(type))) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => { listen(SILENCE_MS); onProgress(offset + event.loaded); };
      request.upload.onload = () => listen(FINISHING_MS);
      request.onload = () => {
        if (request.status === 204) over(resolve, Number(request.getResponseHeader("Upload-Offset")));
        else over(reject, trouble(request.status, detailOf(request.responseText)));
      };
      request.onerror = request.onabort = () => over(reject, trouble(0, ""));
      signal.addEventListener("abort", give);
      request.send(file.slice(offset, offset + CHUNK_BYTES));
    });
  }

  function remove(address) {
    return asked(address, { method: "DELETE", headers: headers() });
  }

  // Whether the file on this side can still be read: one that was changed or removed since it was chosen cannot.
  async function isReadable(file) {
    try { await file.slice(0, 1).arrayBuffer(); return true; } catch { return false; }
  }

  window.facetrail.sending = { UPLOADS, Trouble, begin, offsetAt, sendSome, remove, isReadable };
})();
