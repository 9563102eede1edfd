// Guided pictures: each frame is judged by the server, and kept here as soon as it is good; all are sent at the end.
(() => {
  const root = document.querySelector("[data-guided]");
  if (!root) return;
  const { camera, send, changes } = window.facetrail;
  const find = (name) => root.querySelector(`[data-guided-${name}]`);
  const steps = [...root.querySelectorAll("[data-guided-step]")];
  const eye = camera(root);
  const taken = new Map(); // a step -> its picture
  const PAUSE_MS = 350; // between two looks: time to move, and to read
  let now = -1;
  let isAtWork = false;

  function hint(words, isGood = false) {
    find("hint").textContent = words;
    root.querySelector(".who-camera").classList.toggle("is-good", isGood);
  }

  function keep(step, picture) {
    taken.set(step, picture);
    const image = step.querySelector("img");
    image.src = URL.createObjectURL(picture);
    image.alt = `Taken: ${step.dataset.guidedStep}`;
    image.hidden = false;
    step.classList.add("is-done");
    find("enrol").disabled = false;
  }

  function goOn() {
    steps[now]?.classList.remove("is-now");
    now += 1;
    steps[now]?.classList.add("is-now");
    const isOver = now >= steps.length;
    find("take").hidden = isOver;
    find("skip").hidden = isOver;
    if (!isOver) return;
    eye.close();
    hint(taken.size ? "That is all. Now a name." : "No picture was taken. Press Start to try again.");
    find("start").hidden = taken.size > 0;
  }

  async function look() {
    const step = steps[now];
    const picture = await eye.frame();
    const told = await send("/who/frame", [["picture", picture, "picture"], ["pose", step.dataset.guidedStep]], changes());
    if (step !== steps[now]) return; // skipped, or taken by hand, meanwhile
    if (!told) { isAtWork = false; find("start").hidden = false; return; }
    const advice = await told.json();
    hint(advice.words, advice.good);
    if (!advice.good) return;
    keep(step, picture);
    goOn();
  }

  find("start").addEventListener("click", async () => {
    if (isAtWork || !(await eye.open())) return;
    find("start").hidden = true;
    if (now < 0 || now >= steps.length) { now = -1; goOn(); }
    isAtWork = true;
    while (isAtWork && now < steps.length) {
      await look();
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
    isAtWork = false;
  });
  find("skip").addEventListener("click", () => { if (now < steps.length) goOn(); });
  find("take").addEventListener("click", async () => {
    const step = steps[now];
    if (!step) return;
    keep(step, await eye.frame());
    goOn();
  });

  root.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!taken.size) return;
    find("enrol").disabled = true;
    const pictures = [...taken.values()].map((picture) => ["pictures", picture, "picture"]);
    const told = await send("/who/enrol", [...pictures, ["name", root.elements.name.value]], changes());
    if (told) find("done").innerHTML = await told.text();
    else find("enrol").disabled = false;
  });
})();
