// Choosing all videos of a folder; and no questions from a page that nobody looks at.
(() => {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.requestConfig.verb === "get") event.preventDefault();
  });

  const all = document.getElementById("all");
  all?.addEventListener("change", () => {
    for (const box of document.querySelectorAll("input[name=path]")) box.checked = all.checked;
  });
})();
