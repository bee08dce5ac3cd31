// What is shown stands in the address: #/view?filters&photo=key&face=number. Links are made here.
"use strict";
const NAMES = ["person", "show", "album", "q", "sort", "as", "page", "photo", "face"];
const VIEWS = [...document.querySelectorAll("[data-view]")].map(part => part.dataset.view);

/** Read an address; what is not in it is "". */
function readAddress(hash = location.hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const given = new URLSearchParams(query || "");
  const state = { view: VIEWS.includes(path) ? path : "photographs" };
  for (const name of NAMES) state[name] = given.get(name) || "";
  return state;
}

/** Write an address. */
function writeAddress(state) {
  const given = new URLSearchParams(NAMES.filter(name => state[name]).map(name => [name, state[name]]));
  const query = given.toString();
  return `#/${state.view}${query ? "?" + query : ""}`;
}

/** The address that differs from the present one by `changes`; a changed filter begins at page 1. */
function linkTo(changes) {
  const state = { ...readAddress(), ...changes };
  const filters = ["view", "person", "show", "album", "q", "sort", "as"];
  if (filters.some(name => name in changes) && !("page" in changes)) state.page = "";
  return writeAddress(state);
}

/** Go there; `quietly` leaves no step to go back to. */
function go(changes, quietly = false) {
  const address = linkTo(changes);
  if (address === location.hash) return;
  if (quietly) {
    history.replaceState(null, "", address);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else location.hash = address;
}
