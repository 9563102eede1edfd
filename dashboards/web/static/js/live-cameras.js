// The page of cameras: opens the form when asked to by the address, and closes it when a camera was added.
(() => {
  const dialog = document.getElementById("add-camera");
  if (!dialog) return;
  if (new URLSearchParams(location.search).has("add")) dialog.showModal();
  // A note in the page's corner would lie below the open form.
  dialog.addEventListener("htmx:responseError", (event) => {
    const told = document.createElement("p");
    told.className = "note note-bad";
    told.textContent = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").body.textContent.trim();
    document.getElementById("trial").replaceChildren(told);
    event.stopPropagation();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful || !event.target.matches("[data-adds-camera]")) return;
    event.target.reset();
    document.getElementById("trial").replaceChildren();
    dialog.close();
    history.replaceState(null, "", location.pathname);
  });
})();
