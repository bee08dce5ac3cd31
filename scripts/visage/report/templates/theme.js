// Before anything is drawn: the colours chosen last time, and the marks of a page with scripts.
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("visage-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's choice holds.
}
