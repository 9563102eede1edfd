// Attendance: a month that opens where today is, and menus that close.
(() => {
  // What is to come is empty: today stands at the right, and what was lies before it.
  const today = document.querySelector(".att-frame .is-today");
  if (today) {
    const frame = today.closest(".att-frame");
    const beyond = today.offsetLeft + 2 * today.offsetWidth - frame.clientWidth;
    frame.scrollLeft = Math.ceil(beyond / today.offsetWidth) * today.offsetWidth;
  }

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
