// Light or dark as the system has it, until a button with the id "theme" says otherwise.
"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const now = () => root.dataset.theme || (dark.matches ? "dark" : "light");
  try {
    const kept = localStorage.getItem("visage-theme");
    if (kept) root.dataset.theme = kept;
  } catch { /* a browser that keeps nothing for files */ }
  root.classList.add("js");
  addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme")?.addEventListener("click", () => {
      root.dataset.theme = now() === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("visage-theme", root.dataset.theme);
      } catch { /* then until the page is closed */ }
    });
  });
})();
