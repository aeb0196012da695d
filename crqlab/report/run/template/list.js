"use strict";
(() => {
  const table = document.querySelector("table.list");
  const finder = document.querySelector(".finder");
  if (!table || !finder) return;
  const sought = finder.querySelector("input");
  const state = finder.querySelector("select");
  const shown = finder.querySelector("[role=status] b");
  const language = document.documentElement.lang;
  const order = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const heads = [...table.tHead.rows[0].cells];

  const folded = (said) =>
    said.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase(language);
  const worded = (cell) => !cell.classList.contains("number");

  function value(cell) {
    const datum = cell.querySelector("data");
    if (!datum) return cell.textContent.trim();
    return datum.value === "" ? "" : Number(datum.value);
  }

  const rows = [...table.tBodies[0].rows].map((row) => ({
    row,
    state: row.cells[1].firstChild.textContent,
    said: folded([...row.cells].filter(worded).map((cell) => cell.textContent).join(" ")),
    values: [...row.cells].map(value),
  }));

  function show() {
    const words = folded(sought.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const one of rows) {
      const fits =
        (!state.value || one.state === state.value) && words.every((word) => one.said.includes(word));
      one.row.hidden = !fits;
      found += fits;
    }
    shown.textContent = found.toLocaleString(language);
  }

  function sorted(place, falling) {
    const turn = falling ? -1 : 1;
    rows.sort((a, b) => {
      const [one, other] = [a.values[place], b.values[place]];
      if (one === "" || other === "") return (one === "") - (other === "");
      return turn * (typeof one === "number" ? one - other : order.compare(one, other));
    });
    table.tBodies[0].append(...rows.map((one) => one.row));
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[place].setAttribute("aria-sort", falling ? "descending" : "ascending");
  }

  heads.forEach((head, place) => {
    const numeric = !worded(head);
    if (numeric && !table.querySelector(`tbody td:nth-child(${place + 1}) data`)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      sorted(place, before ? before === "ascending" : numeric);
    });
  });
  heads[0].setAttribute("aria-sort", "ascending");

  sought.addEventListener("input", show);
  state.addEventListener("change", show);
  finder.querySelector("button").addEventListener("click", () => {
    sought.value = state.value = "";
    show();
    sought.focus();
  });
  addEventListener("pageshow", show);
  finder.hidden = false;
})();
