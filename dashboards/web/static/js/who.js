// Who is it?: a picture from a file or the camera is asked about, and shown with its answers.
(() => {
  const root = document.querySelector("[data-who]");
  if (!root) return;
  const { camera, crop, send, changes, note } = window.facetrail;
  const answer = document.querySelector("[data-who-answer]");
  const person = root.querySelector("[data-who-person]");
  const take = root.querySelector("[data-who-take]");
  const dialog = document.getElementById("who-enrol");
  const eye = camera(root);
  let asked = null; // the picture that was asked about last
  let enrolling = null; // the picture that is to be enrolled

  root.addEventListener("click", async (event) => {
    const way = event.target.closest("[data-way]")?.dataset.way;
    if (!way) return;
    root.querySelectorAll("[data-way]").forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.way === way)));
    root.querySelectorAll("[data-way-part]").forEach((each) => { each.hidden = each.dataset.wayPart !== way; });
    if (way === "camera") take.disabled = !(await eye.open());
    else eye.close();
  });

  root.querySelector("[data-who-file]").addEventListener("change", (event) => {
    if (event.target.files.length) ask(event.target.files[0]);
    event.target.value = "";
  });
  take.addEventListener("click", async () => ask(await eye.frame()));

  // Whom it is said to be is in the address, so that a reload and a link keep it.
  person.addEventListener("change", () => {
    history.replaceState(null, "", person.value ? `?person=${encodeURIComponent(person.value)}` : location.pathname);
    if (asked) ask(asked);
  });

  async function ask(picture) {
    asked = picture;
    answer.classList.add("is-busy");
    const told = await send("/who", [["picture", picture, "picture"], ["person", person.value]], changes());
    answer.classList.remove("is-busy");
    if (!told) return;
    answer.innerHTML = await told.text();
    await show(picture);
  }

  async function show(picture) {
    const image = answer.querySelector("[data-who-image]");
    if (!image) return;
    image.src = URL.createObjectURL(picture);
    await image.decode().catch(() => note("This browser cannot show the picture; the answer stands."));
    for (const face of answer.querySelectorAll("[data-who-box]")) {
      face.querySelector("[data-who-crop]").src = URL.createObjectURL(await crop(image, boxOf(face), 1.6));
    }
    answer.scrollIntoView({ block: "nearest" });
  }

  const boxOf = (face) => face.dataset.whoBox.split(" ").map(Number);

  answer.addEventListener("click", async (event) => {
    const pressed = event.target.closest("[data-who-enrol-open]");
    if (!pressed) return;
    const image = answer.querySelector("[data-who-image]");
    const isAlone = answer.querySelectorAll("[data-who-box]").length === 1;
    const part = await crop(image, boxOf(pressed.closest("[data-who-box]")), 2.4);
    enrolling = isAlone ? asked : part; // several faces: only this one is enrolled
    dialog.querySelector("[data-who-enrol-face]").src = URL.createObjectURL(part);
    dialog.querySelector("[data-who-enrolled]").replaceChildren();
    dialog.querySelector("[name=name]").value = pressed.dataset.name;
    dialog.showModal();
  });

  dialog.querySelector("[data-who-enrol]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = event.target.elements.name.value;
    const told = await send("/who/enrol", [["pictures", enrolling, "picture"], ["name", name]], changes());
    if (told) dialog.querySelector("[data-who-enrolled]").innerHTML = await told.text();
  });
})();
