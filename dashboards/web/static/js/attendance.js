// Attendance: filters that apply themselves, menus that close, and a search that does not wait for the button.
(() => {
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-sends-itself]");
    if (form && event.target.type !== "search" && form.reportValidity()) form.requestSubmit();
  });

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.att-menu[open]")) if (menu !== except) menu.open = false;
  }
  document.addEventListener("click", (event) => {
    const inside = event.target.closest("details.att-menu");
    closeMenus(event.target.closest(".att-sheet a") ? null : inside);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelector("details.att-menu[open] summary")?.focus();
    closeMenus(null);
  });
})();
