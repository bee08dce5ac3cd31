// The grid: what the address asks for, in order, a page at a time.
"use strict";
const FEW = 12; // tiles of one album up to which they are large
const LARGE = 320; // pixels, their height

/** What is to be seen by the filters: photographs, and of each the faces that are meant. */
function chosen(state) {
  const words = state.q.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const meant = meantFaces(state);
  const empty = EMPTY[state.show];
  const found = content.photographs.map(photograph => ({ photograph, faces: photograph.faces.filter(meant) }))
    .filter(({ photograph, faces }) =>
      (!state.album || photograph.album === Number(state.album) - 1)
      && words.every(word => photograph.text.includes(word))
      && (empty ? empty(photograph) : faces.length || !(state.show || state.person)));
  return state.sort in ORDERS ? found.sort(ORDERS[state.sort]) : found;
}

/** The filters act on faces: all that are set must hold for one and the same. */
function meantFaces(state) {
  const shows = SHOWS[state.show] || (() => true);
  const person = state.person;
  return face => shows(face) && (!person || (face.best?.who.id === person && (face.named || face.doubtful)));
}

const best = ({ faces }) => Math.max(-1, ...faces.map(face => face.sure));
const least = ({ faces }) => Math.min(2, ...faces.filter(face => face.named || face.doubtful).map(face => face.sure));

/** Orders other than that of the data, which is by album; what is equal stays in that. */
const ORDERS = {
  sure: (a, b) => best(b) - best(a),
  doubt: (a, b) => least(a) - least(b),
  many: (a, b) => b.photograph.faces.length - a.photograph.faces.length,
  name: (a, b) => a.photograph.name.localeCompare(b.photograph.name),
};

/** Faces are the view of what is about faces; else photographs are. */
const asFaces = state => (state.as ? state.as === "faces" : ["doubtful", "unknown", "poor"].includes(state.show));

function showPhotographs(state) {
  const found = chosen(state);
  const faces = asFaces(state) ? facesIn(found, state.sort) : null;
  const all = faces || found;
  const number = whole ? all.length : content.total;
  const size = number > content.one_page ? content.page : content.one_page;
  const pages = Math.max(1, Math.ceil(number / size));
  const page = Math.min(pages, Math.max(1, Number(state.page) || 1));
  const shown = all.slice((page - 1) * size, page * size);
  const results = document.getElementById("results");
  results.replaceChildren(...(faces ? faceGrid(shown, state) : albums(shown, state)));
  if (!all.length) results.replaceChildren(el("p.lead", {}, "Nothing is like that. ", el("a", { href: "#/photographs" }, "Show all photographs"), "."));
  document.getElementById("shown").textContent = counted(number, faces, pages, page);
  showPager(state, page, pages);
  showFilters(state);
}

function facesIn(found, sort) {
  const faces = found.flatMap(one => one.faces);
  if (sort === "sure") return faces.sort((a, b) => b.sure - a.sure);
  return sort && sort !== "doubt" ? faces : faces.sort((a, b) => (b.cluster ? 1 : 0) - (a.cluster ? 1 : 0) || closeToCall(a) - closeToCall(b));
}

/** How far a face is from being as likely somebody as not. */
const closeToCall = face => (face.best ? Math.abs((face.best.probability ?? face.sure) - 0.5) : 1);

function counted(number, faces, pages, page) {
  const what = faces ? plural(number, "face") : `${number.toLocaleString("en")} of ${plural(content.total, "photograph")}`;
  return pages > 1 ? `${what}, page ${page} of ${pages}` : what;
}

/** Photographs by album, as long as they are in that order; small albums stand side by side. */
function albums(shown, state) {
  const lit = state.show || state.person ? meantFaces(state) : () => true;
  const large = shown.length <= FEW && content.albums.length < 2 ? LARGE : HEIGHT;
  const tile = ({ photograph }) => photographTile(photograph, lit, large);
  document.getElementById("results").style.setProperty("--high", `${large / 16}rem`);
  if (state.sort || content.albums.length < 2) return [el("div.grid", {}, shown.map(tile))];
  const parts = new Map();
  for (const one of shown) {
    if (!parts.has(one.photograph.album)) parts.set(one.photograph.album, []);
    parts.get(one.photograph.album).push(one);
  }
  const wide = own => own.reduce((sum, { photograph }) => sum + ratioOf(photograph), 0);
  return [el("div.albums", {}, [...parts].map(([album, own]) => el("section", { style: { "--r": wide(own).toFixed(3), "--n": own.length } },
    el("div.album", {}, el("h2", {}, content.albums[album] || "In no album"), el("span.quiet", {}, plural(own.length, "photograph"))),
    el("div.grid", {}, own.map(tile)))))];
}

/** Faces, those of one unknown person together. */
function faceGrid(shown, state) {
  const clusters = new Map();
  for (const face of state.show === "unknown" ? shown : []) {
    if (!face.cluster) continue;
    if (!clusters.has(face.cluster)) clusters.set(face.cluster, []);
    clusters.get(face.cluster).push(face);
  }
  const single = shown.filter(face => !clusters.has(face.cluster));
  const parts = [...clusters].sort((a, b) => b[1].length - a[1].length).flatMap(([name, faces]) => [
    el("div.album", { id: `cluster-${name}` }, el("h2", {}, name), el("span.quiet", {}, `${plural(faces.length, "face")} of one person`)),
    el("div.facegrid", {}, faces.map(faceTile)),
  ]);
  if (clusters.size && single.length) parts.push(el("div.album", {}, el("h2", {}, "Seen once or twice")));
  return single.length ? [...parts, el("div.facegrid", {}, single.map(faceTile))] : parts;
}

function showPager(state, page, pages) {
  const pager = document.getElementById("pager");
  pager.hidden = pages < 2;
  if (pages < 2) return;
  const step = (to, words, key) => (to >= 1 && to <= pages
    ? el("a.act", { href: linkTo({ page: to === 1 ? "" : String(to) }), rel: key }, words)
    : el("span.act", { "aria-disabled": "true" }, words));
  pager.replaceChildren(step(page - 1, "← Previous", "prev"), el("span", {}, `Page ${page} of ${pages}`), step(page + 1, "Next →", "next"));
}

function showFilters(state) {
  for (const name of ["album", "show", "sort"]) {
    const field = document.getElementById(name);
    if (field) field.value = state[name];
  }
  document.getElementById("clear").hidden = !(state.album || state.show || state.q || state.person);
  document.getElementById("as-faces").setAttribute("aria-pressed", String(asFaces(state)));
  document.getElementById("as-photographs").setAttribute("aria-pressed", String(!asFaces(state)));
}
