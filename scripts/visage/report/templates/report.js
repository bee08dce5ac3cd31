// What happens when: the address changed, a filter was set, a key was pressed.
"use strict";
const $ = id => document.getElementById(id);

/** Show what the address says. */
let behind = "";
function render() {
  const state = readAddress();
  if (!whole && writeAddress(state) !== "#/photographs") return; // it will be, in a moment
  const page = writeAddress({ ...state, photo: "", face: "" });
  if (page !== behind || !state.photo) showPage(state, page !== behind);
  behind = page;
  showViewer(state);
  showDecided();
}

function showPage(state, fresh) {
  for (const part of document.querySelectorAll("[data-view]")) part.hidden = part.dataset.view !== state.view;
  if (state.view === "photographs") showPhotographs(state);
  if (state.view === "person") showPerson(state, document.querySelector('[data-view="person"]'));
  for (const link of document.querySelectorAll(".tabs a, .who")) {
    const to = readAddress(link.hash);
    const here = link.classList.contains("who") && link.hash !== "#/people"
      ? to.view === state.view && to.person === state.person && to.show === state.show && (to.person || to.show)
      : to.view === (state.view === "person" ? "people" : state.view) && link.closest(".tabs");
    link.toggleAttribute("aria-current", Boolean(here));
    if (here) link.setAttribute("aria-current", "page");
    if (here) reveal(link);
  }
  if (document.activeElement !== $("search")) $("search").value = state.q;
  if (fresh && behind) scrollTo(0, tabsTop());
}

/** Scroll a row of links sideways to the one that is meant: a phone has no room for all. */
function reveal(link) {
  const row = link.parentElement, left = link.offsetLeft - row.offsetLeft;
  row.scrollLeft = Math.min(left, Math.max(row.scrollLeft, left + link.offsetWidth - row.clientWidth));
}

/** Where a page begins: not above the tabs if one has scrolled past them. */
const tabsTop = () => Math.min(scrollY, document.querySelector(".tabs").offsetTop);

addEventListener("hashchange", render);
document.querySelector(".skip").addEventListener("click", event => {
  event.preventDefault();
  $("main").focus();
});
$("search-form").addEventListener("submit", event => event.preventDefault());
$("search").addEventListener("input", () => go({ view: "photographs", person: "", q: $("search").value.trim() }, true));
for (const name of ["album", "show", "sort"]) $(name)?.addEventListener("change", () => go({ [name]: $(name).value }));
$("as-faces").addEventListener("click", () => go({ as: "faces" }));
$("as-photographs").addEventListener("click", () => go({ as: "photographs" }));
viewer.addEventListener("cancel", event => {
  event.preventDefault();
  closeViewer();
});
viewer.addEventListener("wheel", event => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  zoomTo(zoom * (event.deltaY < 0 ? 1.2 : 1 / 1.2));
}, { passive: false });

const KEYS = { ArrowLeft: '[aria-keyshortcuts="ArrowLeft"]', ArrowRight: '[aria-keyshortcuts="ArrowRight"]', "+": '[aria-keyshortcuts="+"]', "=": '[aria-keyshortcuts="+"]', "-": '[aria-keyshortcuts="-"]' };
addEventListener("keydown", event => {
  const typing = event.target.matches?.("input, select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  if (viewer.open) {
    const button = viewer.querySelector(KEYS[event.key] || `[data-key="${CSS.escape(event.key)}"]`);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") stepFace(event.key === "ArrowDown" ? 1 : -1);
    else if (button) button.click();
    else return;
    event.preventDefault();
  } else if (event.key === "/") {
    event.preventDefault();
    $("search").focus();
  }
});

function stepFace(away) {
  const state = readAddress();
  const { faces } = byKey.get(state.photo);
  if (!faces.length) return;
  const now = Number(viewer.querySelector('.box[aria-pressed="true"]')?.getAttribute("aria-label").match(/\d+/)?.[0] || 1);
  go({ face: String((now - 1 + away + faces.length) % faces.length + 1) }, true);
}

/** What needs every photograph; the first page of many did not wait for it. */
function start() {
  const many = content.total > content.one_page;
  const drawn = whole || (many && behind === writeAddress(readAddress()));
  complete();
  for (const person of content.people) $("everybody").append(el("option", { value: person.name }));
  if (!drawn) render();
}
render();
if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
