"use strict";
(function () {
  // Sorting: a click on a heading orders its column; rows without a value stay last.
  function value(row, at, text) {
    var cell = row.cells[at];
    if (!cell) return text ? "" : NaN;
    var told = cell.getAttribute("data-v");
    if (text) return cell.textContent.trim();
    told = told === null ? cell.textContent.replace(/[^\d.]/g, "") : told;
    return told === "" ? NaN : Number(told);
  }
  function sort(head) {
    var table = head.closest("table"), body = table.tBodies[0], at = head.cellIndex;
    var text = head.dataset.kind === "text", was = head.getAttribute("aria-sort");
    var up = was === "none" ? text : was === "descending";
    table.querySelectorAll("th[aria-sort]").forEach(function (other) { other.setAttribute("aria-sort", "none"); });
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    var compare = new Intl.Collator(document.documentElement.lang).compare;
    Array.from(body.rows).map(function (row) { return [value(row, at, text), row]; }).sort(function (a, b) {
      if (text) return up ? compare(a[0], b[0]) : compare(b[0], a[0]);
      if (isNaN(a[0]) || isNaN(b[0])) return isNaN(a[0]) - isNaN(b[0]);
      return up ? a[0] - b[0] : b[0] - a[0];
    }).forEach(function (pair) { body.appendChild(pair[1]); });
  }
  document.addEventListener("click", function (event) {
    var head = event.target.closest && event.target.closest("table.sortable th[aria-sort]");
    if (head && event.target.closest("button")) sort(head);
  });

  // The trend: pointer and arrow keys move over the periods; what each says stands ready in the table's rows.
  var trend = document.getElementById("trend"), readout = document.getElementById("readout");
  var says = Array.from(document.querySelectorAll("#days tbody tr")).map(function (row) { return row.dataset.say; });
  var lines = trend.querySelectorAll(".cursor"), at = Number(trend.getAttribute("aria-valuenow")) - 1;
  function show(next) {
    at = Math.max(0, Math.min(says.length - 1, next));
    var place = (at + 0.5) / says.length * 100 + "%";
    lines.forEach(function (line) { line.setAttribute("x1", place); line.setAttribute("x2", place); });
    trend.classList.add("on");
    trend.setAttribute("aria-valuenow", at + 1);
    trend.setAttribute("aria-valuetext", says[at]);
    readout.textContent = says[at];
  }
  function point(event) {
    var box = trend.getBoundingClientRect();
    show(Math.floor((event.clientX - box.left) / box.width * says.length));
  }
  trend.addEventListener("pointermove", point);
  trend.addEventListener("pointerdown", point);
  trend.addEventListener("focus", function () { show(at); });
  trend.addEventListener("blur", function () { trend.classList.remove("on"); });
  trend.addEventListener("keydown", function (event) {
    var far = Math.max(1, Math.round(says.length / 10));
    var steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -far, PageUp: far, Home: -says.length, End: says.length };
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(at + steps[event.key]);
  });
})();
