// The second factor: frames of the camera are looked at by the server until it is content, or not.
(() => {
  const root = document.querySelector("[data-face-check]");
  if (!root) return;
  const { camera, send } = window.facetrail;
  const begin = root.querySelector("[data-face-begin]");
  const hint = root.querySelector("[data-face-hint]");
  const headers = { "X-CSRF-Token": root.dataset.csrf };
  const eye = camera(root);
  const PAUSE_MS = 150;
  const MOST_BYTES = 56000; // those who are not signed in yet may send little

  async function step(path, parts) {
    const told = await send(`/sign-in/face/${path}`, parts, headers);
    const check = told ? await told.json() : { stage: "failed", words: "Try again." };
    hint.textContent = check.words;
    return check;
  }

  begin.addEventListener("click", async () => {
    if (!(await eye.open())) return;
    begin.disabled = true;
    let check = await step("begin", []);
    while (!["passed", "failed"].includes(check.stage)) {
      await new Promise((done) => setTimeout(done, PAUSE_MS));
      check = await step("look", [["picture", await eye.frame(640, MOST_BYTES), "picture"]]);
    }
    if (check.stage === "passed") location.assign(root.dataset.next);
    begin.disabled = false;
  });
})();
