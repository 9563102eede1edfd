// The wall: reads one stream of pictures for all cameras, and draws each with the faces that belong to it.
(() => {
  const wall = document.querySelector("[data-pictures]");
  if (!wall) return;
  const AGAIN_MS = 1500;
  const SILENT_MS = 12000; // the stream says something every five seconds
  const zone = document.querySelector("[data-zone]")?.dataset.zone;
  const tiles = new Map([...wall.querySelectorAll("[data-camera]")].map((tile) => [tile.dataset.camera, tile]));
  const clock = clockIn(zone);
  let reading = null;

  function clockIn(name) {
    const form = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    try {
      return new Intl.DateTimeFormat([], { ...form, timeZone: name });
    } catch {
      return new Intl.DateTimeFormat([], form); // a zone that the browser does not know
    }
  }

  async function draw(shot, jpeg) {
    const tile = tiles.get(shot.camera);
    if (!tile) return;
    if (jpeg) await drawPicture(tile, shot, jpeg);
    drawFaces(tile.querySelector(".tile-faces"), shot.faces);
  }

  async function drawPicture(tile, shot, jpeg) {
    const picture = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
    const canvas = tile.querySelector("canvas");
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      [canvas.width, canvas.height] = [picture.width, picture.height];
      fit(tile, picture.width / picture.height);
    }
    canvas.getContext("2d").drawImage(picture, 0, 0);
    picture.close();
    tile.dataset.shots = Number(tile.dataset.shots || 0) + 1;
    if (shot.at) tile.querySelector("[data-taken]").textContent = clock.format(shot.at * 1000);
  }

  // A camera alone takes the shape of its picture; among others the picture is fitted into the tile, boxes and all.
  function fit(tile, shape) {
    if (tiles.size === 1) tile.querySelector(".tile-view").style.aspectRatio = shape;
    const room = tiles.size === 1 ? shape : 16 / 9;
    const stage = tile.querySelector(".tile-stage");
    stage.style.width = `${Math.min(1, shape / room) * 100}%`;
    stage.style.height = `${Math.min(1, room / shape) * 100}%`;
  }

  // A face that stays keeps its element, so that its box glides and its name can be read.
  function drawFaces(place, faces) {
    const known = new Map([...place.children].map((box) => [box.dataset.track, box]));
    for (const face of faces) {
      const box = known.get(face.track_id) || makeBox(place, face.track_id);
      known.delete(face.track_id);
      const [left, top, width, height] = face.box_xywh.map((part) => `${part * 100}%`);
      Object.assign(box.style, { left, top, width, height });
      box.className = `face-box face-box-${face.status || "seen"}`;
      box.classList.toggle("face-box-top", face.box_xywh[1] < 0.1);
      box.classList.toggle("face-box-end", face.box_xywh[0] + face.box_xywh[2] / 2 > 0.6);
      box.firstChild.textContent = labelOf(face);
    }
    for (const gone of known.values()) gone.remove();
  }

  function makeBox(place, track) {
    const box = document.createElement("span");
    box.dataset.track = track;
    box.append(document.createElement("span"));
    place.append(box);
    return box;
  }

  function labelOf(face) {
    if (face.status === "unknown") return "Unknown";
    if (!face.name) return "";
    const score = face.score === null ? "" : ` ${face.score.toFixed(2)}`;
    return face.status === "uncertain" ? `${face.name}?${score}` : `${face.name}${score}`;
  }

  // Each shot is a header's length (four bytes, big end first), the header in JSON, and a JPEG of `bytes` bytes.
  async function readShots(stream, alive) {
    const reader = stream.getReader();
    let held = new Uint8Array(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      held = joined(held, value);
      for (let shot = shotIn(held); shot; shot = shotIn(held)) {
        held = held.slice(shot.end);
        if (shot.header.camera) await draw(shot.header, shot.jpeg);
      }
    }
  }

  function joined(first, second) {
    const both = new Uint8Array(first.length + second.length);
    both.set(first);
    both.set(second, first.length);
    return both;
  }

  function shotIn(bytes) {
    if (bytes.length < 4) return null;
    const begin = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (bytes.length < begin) return null;
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, begin)));
    const end = begin + (header.bytes || 0);
    if (bytes.length < end) return null;
    return { header, end, jpeg: header.bytes ? bytes.slice(begin, end) : null };
  }

  async function look() {
    if (reading || document.hidden || !wall.dataset.pictures) return;
    const mine = (reading = new AbortController());
    let watchdog = 0;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => mine.abort(), SILENT_MS);
    };
    try {
      alive();
      const answer = await fetch(wall.dataset.pictures, { signal: mine.signal });
      if (answer.status === 401) return location.reload();
      if (answer.ok) await readShots(answer.body, alive);
    } catch {
      // the connection broke, or nobody looks any more; what follows tries again
    }
    clearTimeout(watchdog);
    if (reading === mine) reading = null;
    setTimeout(look, AGAIN_MS);
  }

  async function showLast(tile) {
    const answer = await fetch(`/live/pictures/${tile.dataset.camera}.jpg?last=true`);
    if (answer.status === 200 && !tile.dataset.shots) await drawPicture(tile, { at: null }, await answer.blob());
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      reading?.abort();
      reading = null;
    } else look();
  });

  look();
  for (const tile of tiles.values()) {
    const standing = tile.querySelector("[data-standing]")?.dataset.standing;
    if (standing !== "connected") showLast(tile);
  }
})();
