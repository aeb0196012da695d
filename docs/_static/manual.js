// What the theme leaves out for keyboards and screen readers.
document.addEventListener("DOMContentLoaded", () => {
  const named = { ".sidebar-drawer": "All pages", ".toc-drawer": "This page" };
  for (const [place, name] of Object.entries(named)) {
    document.querySelector(place)?.setAttribute("aria-label", name);
  }
  for (const one of document.querySelectorAll("p.caption[role=heading]")) {
    one.setAttribute("aria-level", "2");
  }
  for (const one of document.querySelectorAll("pre, .table-wrapper, math[display=block]")) {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  }
});
