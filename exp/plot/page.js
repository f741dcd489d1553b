(() => {
  "use strict";
  // Tables are sorted by a click on a heading: by numbers where all that is there is
  // numbers, else as text. What is empty comes last, either way.
  const value = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return "";
    return (cell.dataset.value ?? cell.textContent).trim();
  };
  // Above the headings of columns there may be a row for groups of them.
  const headings = (table) => table.tHead.rows[table.tHead.rows.length - 1].cells;
  const empty = (text) => text === "" || text === "-" || text === "\u2013" || text === "\u2014";
  const sort = (table, th) => {
    const column = th.cellIndex;
    const down = th.getAttribute("aria-sort") === "ascending";
    for (const other of headings(table)) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
    for (const body of table.tBodies) {
      const rows = [...body.rows].map((row) => [value(row, column), row]);
      const numbers = rows.every(([v]) => empty(v) || !Number.isNaN(Number(v)));
      const compare = numbers ? (a, b) => a - b : (a, b) => a.localeCompare(b, undefined, { numeric: true });
      rows.sort(([a], [b]) => {
        if (empty(a) || empty(b)) return empty(a) - empty(b);
        return down ? compare(b, a) : compare(a, b);
      });
      body.append(...rows.map(([, row]) => row));
    }
  };
  for (const table of document.querySelectorAll("table")) {
    if (!table.tHead || !table.tHead.rows.length) continue;
    for (const th of headings(table)) {
      th.tabIndex = 0;
      th.addEventListener("click", () => sort(table, th));
      th.addEventListener("keydown", (e) => {
        if (e.key === "Enter" || e.key === " ") { e.preventDefault(); sort(table, th); }
      });
    }
  }
})();
