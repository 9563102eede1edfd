// The browser's own camera: opened when asked for, closed when the page goes, and a frame of it as a JPEG.
window.facetrail = window.facetrail || {};

window.facetrail.camera = (root) => {
  const video = root.querySelector("[data-camera]");
  const problem = root.querySelector("[data-camera-problem]");

  const WORDS = {
    NotAllowedError: "The browser may not use the camera. Allow it beside the address of this page, and try again.",
    NotFoundError: "This computer has no camera.",
    NotReadableError: "Another program uses the camera.",
  };

  function tell(words) {
    problem.textContent = words;
    problem.hidden = !words;
  }

  async function open() {
    if (video.srcObject) return true;
    if (!navigator.mediaDevices?.getUserMedia) {
      tell("Browsers open the camera only on https pages, and on localhost. Ask whoever runs Facetrail for an https address.");
      return false;
    }
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" }, audio: false,
      });
      await video.play();
      tell("");
      return true;
    } catch (error) {
      tell(WORDS[error.name] || `The camera cannot be opened: ${error.message}`);
      return false;
    }
  }

  function close() {
    video.srcObject?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }

  // A JPEG of what the camera sees now, no wider than `width` pixels, and of no more bytes than `most`.
  async function frame(width = 1280, most = Infinity) {
    const scale = Math.min(1, width / video.videoWidth);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    for (let quality = 0.92; ; quality -= 0.12) {
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (blob.size <= most || quality < 0.4) return blob;
    }
  }

  window.addEventListener("pagehide", close);
  return { open, close, frame };
};

// Sends a form and gives the answer; what went wrong is told in a note, and null is given.
window.facetrail.send = async (path, parts, headers) => {
  const form = new FormData();
  for (const [name, value, file] of parts) file ? form.append(name, value, file) : form.append(name, value);
  let answer;
  try {
    answer = await fetch(path, { method: "POST", body: form, headers: { "HX-Request": "true", ...headers } });
  } catch {
    window.facetrail.note("Facetrail does not answer. Is it running?");
    return null;
  }
  if (answer.ok) return answer;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  window.facetrail.note(told.body.textContent.trim() || `The server answered ${answer.status}.`);
  return null;
};

// The part of a picture around a box, which is given in shares of its sides, as a JPEG.
window.facetrail.crop = async (image, box, looseness) => {
  const [left, top, right, bottom] = box;
  const { naturalWidth: width, naturalHeight: height } = image;
  const side = Math.max((right - left) * width, (bottom - top) * height) * looseness;
  const x = ((left + right) / 2) * width - side / 2;
  const y = ((top + bottom) / 2) * height - side / 2;
  const from = [Math.max(0, x), Math.max(0, y)];
  const to = [Math.min(width, x + side), Math.min(height, y + side)];
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(to[0] - from[0]));
  canvas.height = Math.max(1, Math.round(to[1] - from[1]));
  canvas.getContext("2d").drawImage(image, from[0], from[1], canvas.width, canvas.height, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
};
