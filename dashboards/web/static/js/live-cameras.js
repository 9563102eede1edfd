// The page of cameras: opens the form when asked to by the address, and closes it when a camera was added.
(() => {
  const dialog = document.getElementById("add-camera");
  if (!dialog) return;
  if (new URLSearchParams(location.search).has("add")) dialog.showModal();
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful || !event.target.matches("[data-adds-camera]")) return;
    event.target.reset();
    document.getElementById("trial").replaceChildren();
    dialog.close();
    history.replaceState(null, "", location.pathname);
  });
})();
