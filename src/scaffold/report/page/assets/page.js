"use strict";
(() => {
  const root = document.documentElement;
  const by = (id) => document.getElementById(id);
  root.classList.add("live");

  // The button says what it switches to; until it is used the system decides.
  const theme = by("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const label = () => {
    theme.textContent = isDark() ? "Light colours" : "Dark colours";
    theme.setAttribute("aria-pressed", String(root.dataset.theme !== undefined));
  };
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    label();
  });
  dark.addEventListener("change", label);
  label();

  // The strip: one stop for Tab, arrows move from column to column, the numbers stand below.
  const columns = [...document.querySelectorAll(".plot a")];
  const readout = by("readout");
  const tell = (column) => { readout.textContent = column.querySelector("title").textContent; };
  columns.forEach((column, place) => {
    column.addEventListener("pointerenter", () => tell(column));
    column.addEventListener("focus", () => {
      columns.forEach((other) => other.setAttribute("tabindex", "-1"));
      column.setAttribute("tabindex", "0");
      tell(column);
    });
    column.addEventListener("keydown", (event) => {
      const last = columns.length - 1;
      const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      columns[Math.max(0, Math.min(last, to))].focus();
    });
  });

  // A link to a part opens what lies around it.
  const show = () => {
    const target = by(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.querySelector(":scope > details");
    if (!details) return;
    clear();
    for (let one = details; one; one = one.parentElement.closest("details")) one.open = true;
    details.querySelector("summary").focus();
    target.scrollIntoView({ block: "center" });
  };

  // The tree: filter by text and verdict, and arrow keys as in a file manager.
  const tree = by("tree");
  const wanted = by("wanted");
  const which = by("which");
  const unfold = by("unfold");
  const items = tree ? [...tree.querySelectorAll("li[id]")].map((li) => ({ li, details: li.firstElementChild })) : [];
  const place = new Map(items.map((item, index) => [item.li, index]));
  let before = null;
  const learn = () => items.forEach((item) => {
    const summary = item.details.firstElementChild;
    item.text = `${summary.textContent} ${[...item.details.querySelectorAll(":scope > .d dd, :scope > .m > .d dd")].slice(0, 2).map((one) => one.textContent).join(" ")}`.toLowerCase();
    item.verdicts = [...summary.querySelectorAll(".v")].map((one) => one.classList[1]);
    const around = item.li.parentElement.closest("li[id]");
    item.around = around ? place.get(around) : -1;
  });
  const agrees = new Set(["equal", "rounding", "weak"]);
  const fits = (item, text, verdict) =>
    item.text.includes(text) &&
    (!verdict || (verdict === "wrong" ? item.verdicts.some((one) => !agrees.has(one)) : item.verdicts.includes(verdict)));
  const filter = () => {
    const text = wanted.value.trim().toLowerCase();
    const verdict = which.value;
    if (!items.length) return;
    if (items[0].text === undefined) learn();
    if (before === null) before = items.map((item) => item.details.open);
    const found = items.map((item) => fits(item, text, verdict));
    const kept = found.slice();
    // What lies within a part comes after it, so that one pass from the end reaches every part around.
    for (let index = items.length - 1; index >= 0; index -= 1) {
      if (kept[index] && items[index].around >= 0) kept[items[index].around] = true;
    }
    const idle = !text && !verdict;
    const inner = new Set();
    kept.forEach((keep, index) => { if (keep) inner.add(items[index].around); });
    items.forEach((item, index) => {
      item.li.hidden = !kept[index];
      item.details.open = idle ? before[index] : inner.has(index);
    });
    if (idle) before = null;
    const count = found.filter(Boolean).length;
    by("shown").textContent = `${count} of ${items.length} parts`;
    by("none").hidden = count > 0;
  };
  const clear = () => {
    if (!wanted || (!wanted.value && !which.value)) return;
    wanted.value = "";
    which.value = "";
    filter();
  };
  if (tree) {
    wanted.addEventListener("input", filter);
    which.addEventListener("change", filter);
    by("filter").addEventListener("submit", (event) => event.preventDefault());
    unfold.addEventListener("click", () => {
      const open = unfold.getAttribute("aria-pressed") !== "true";
      items.forEach((item) => { item.details.open = open; });
      unfold.setAttribute("aria-pressed", String(open));
      unfold.textContent = open ? "Close all" : "Open all";
    });
    tree.addEventListener("keydown", (event) => {
      const summary = event.target.closest("summary");
      if (!summary || event.altKey || event.ctrlKey || event.metaKey) return;
      const details = summary.parentElement;
      const seen = () => [...tree.querySelectorAll("summary")].filter((one) => one.offsetParent !== null && one.checkVisibility());
      const step = (by) => { const all = seen(); const to = all[all.indexOf(summary) + by]; if (to) to.focus(); };
      if (event.key === "ArrowDown") step(1);
      else if (event.key === "ArrowUp") step(-1);
      else if (event.key === "Home") seen()[0].focus();
      else if (event.key === "End") seen().at(-1).focus();
      else if (event.key === "ArrowRight") { if (details.open) step(1); else details.open = true; }
      else if (event.key === "ArrowLeft") {
        const around = details.parentElement.parentElement.closest("details");
        if (details.open) details.open = false; else if (around) around.firstElementChild.focus();
      } else return;
      event.preventDefault();
    });
  }
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    clear();
    if (wanted && tree.contains(document.activeElement)) wanted.focus();
  });
  addEventListener("hashchange", show);
  if (location.hash) show();

  // Paper has no triangle to click on.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => { folded.forEach((details) => { details.open = false; }); });
})();
