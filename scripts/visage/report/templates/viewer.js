// One photograph large, one of its faces beside the nearest of the person; arrow keys go on.
"use strict";
const viewer = document.getElementById("viewer");
const SHOWN_BY_BROWSERS = /\.(jpe?g|png|webp|gif|avif|bmp)$/i;
let zoom = 1;

/** The photographs that the arrows go through: those of the page behind. */
function sequence(state) {
  const found = chosen(state.view === "person" ? { ...state, show: "", q: "", album: "" } : state);
  return found.map(one => one.photograph);
}

function showViewer(state) {
  const photograph = byKey.get(state.photo);
  if (!photograph) {
    if (viewer.open) shutViewer();
    return;
  }
  const face = photograph.faces[Number(state.face) - 1] || photograph.faces.find(meantFaces(state)) || photograph.faces[0];
  const all = sequence(state);
  const place = all.indexOf(photograph);
  const step = away => all[place + away];
  const same = viewer.open && viewer.dataset.key === photograph.key;
  const stage = same ? viewer.querySelector(".stage") : stageOf(photograph);
  if (!same) zoom = 1;
  viewer.dataset.key = photograph.key;
  viewer.replaceChildren(
    el("header", {},
      el("button.act", { type: "button", id: "viewer-close", "aria-label": "Close", "aria-keyshortcuts": "Escape", onclick: closeViewer }, "✕"),
      el("p.quiet.small.where", {}, place >= 0 ? `${place + 1} of ${all.length} · ` : "", photograph.image, photograph.original ? ` · a copy of ${photograph.original}` : ""),
      el("span.acts", {},
        stepButton(step(-1), "←", "Previous photograph", "ArrowLeft"), stepButton(step(1), "→", "Next photograph", "ArrowRight"),
        el("button.act", { type: "button", "aria-label": "Smaller", "aria-keyshortcuts": "-", onclick: () => zoomTo(zoom / 1.5) }, "−"),
        el("button.act", { type: "button", "aria-label": "Larger", "aria-keyshortcuts": "+", onclick: () => zoomTo(zoom * 1.5) }, "+"))),
    el("div.look", {}, stage, el("section.said", { "aria-live": "polite" }, ...(face ? faceParts(face, state) : emptyParts(photograph)))));
  if (!viewer.open) viewer.showModal();
  drawBoxes(stage.querySelector(".shot"), photograph, face);
  if (!same) viewer.querySelector("#viewer-title").focus({ preventScroll: true });
}

function stageOf(photograph) {
  const shot = el("div.shot", { style: { "--r": ratioOf(photograph).toFixed(4) } }, image(photograph, { alt: described(photograph) }));
  loadOriginal(photograph, shot.querySelector("img"));
  return el("div.stage", { tabindex: "0", role: "region", "aria-label": "Photograph" }, shot);
}

/** Show the file itself where it is still there, upright, and of a kind that browsers show. */
function loadOriginal(photograph, shown) {
  if (!shown || !places.originals || !photograph.file || !SHOWN_BY_BROWSERS.test(photograph.image)) return;
  const full = new Image();
  full.onload = () => {
    const alike = Math.abs(full.naturalWidth / full.naturalHeight / ratioOf(photograph) - 1) < 0.02;
    if (alike) shown.src = full.src;
  };
  full.src = places.originals + photograph.file;
}

function drawBoxes(shot, photograph, face) {
  shot.querySelectorAll(".box").forEach(box => box.remove());
  shot.append(...boxes(photograph, other => other === face, tagged(photograph, shot.clientWidth / ratioOf(photograph) || 600), other => go({ face: String(other.number + 1) }, true)));
}

const stepButton = (photograph, arrow, words, key) => el("button.act", {
  type: "button", "aria-label": words, "aria-keyshortcuts": key, disabled: !photograph,
  onclick: () => go({ photo: photograph.key, face: "" }, true),
}, arrow);

function zoomTo(wanted) {
  const stage = viewer.querySelector(".stage");
  const before = zoom;
  zoom = Math.min(8, Math.max(1, wanted));
  const [x, y] = [stage.scrollLeft + stage.clientWidth / 2, stage.scrollTop + stage.clientHeight / 2];
  stage.style.setProperty("--zoom", zoom.toFixed(3));
  stage.scrollTo(x * zoom / before - stage.clientWidth / 2, y * zoom / before - stage.clientHeight / 2);
}

/** Shut it, and go back to the tile it came from. */
function shutViewer() {
  const { key } = viewer.dataset;
  viewer.close();
  viewer.dataset.key = "";
  viewer.replaceChildren();
  document.querySelector(`[data-view]:not([hidden]) [data-key="${CSS.escape(key)}"]`)?.focus();
}

function closeViewer() {
  go({ photo: "", face: "" });
}

function emptyParts(photograph) {
  return [el("h2", { id: "viewer-title", tabindex: "-1" }, photograph.status === "no_face" ? "No face" : "Not read"), el("p.quiet", {}, photograph.reason)];
}

/** What is said of a face: who it is and how sure that is, side by side, what to answer, details. */
function faceParts(face, state) {
  const who = face.named || face.doubtful ? face.best : null;
  const title = face.named ? face.best.who.name : face.verdict === "none" ? "Not compared" : "Nobody you know";
  return [
    el("h2", { id: "viewer-title", tabindex: "-1" }, title),
    el("p", {}, el(`span.verdict.${face.verdict}`, {}, face.verdict === "none" ? (face.status || "no face").replaceAll("_", " ") : face.verdict),
      face.named && certainty(face) ? el("span.quiet", {}, ` · ${certainty(face)}`) : "",
      !face.named && face.doubtful ? el("span.quiet", {}, ` · ${certainty(face) || "close to"} ${certainty(face) ? "to be " : ""}${face.best.who.name}`) : ""),
    face.reason ? el("p.quiet", {}, face.reason) : null,
    who ? pair(face, who) : el("div.pair.alone", {}, beside(face.picture, "in this photograph", "")),
    ...answers(face, state),
    ...others(face),
    details(face),
  ];
}

const beside = (number, caption, missing) => el("figure", {}, el("span.face", { style: picture(number) }, number === undefined ? el("span.gone", {}, missing || "no picture") : null), el("figcaption", {}, caption));

function pair(face, candidate) {
  const [first, ...more] = candidate.beside;
  if (!first) return el("div.pair.alone", {}, beside(face.picture, "in this photograph", ""));
  return el("div", {},
    el("div.pair", {}, beside(face.picture, "in this photograph", ""), beside(first.picture, first.image || candidate.who.name, first.missing)),
    more.length ? el("div.more", {}, more.map(other => beside(other.picture, other.image || "", other.missing))) : null);
}

function details(face) {
  const { best } = face;
  const rows = [];
  if (best?.beside.length && !content.share) {
    const limit = content.threshold === null ? "" : `; a match up to ${content.threshold.toFixed(3)}`;
    rows.push(["Nearest person", best.probability === undefined ? best.who.name : `${best.who.name}, ${likely(best.probability)}`]);
    rows.push(["Person score", `${best.distance.toFixed(3)}${limit}`]);
    rows.push(["Nearest photograph", best.beside[0].image]);
  }
  if (face.box) rows.push(["Face", `${Math.round(face.box[2])} × ${Math.round(face.box[3])} pixels`]);
  if (face.cluster) rows.push(["Seen as", face.cluster]);
  const nearest = best && !face.named && !face.doubtful ? pair(face, best) : null;
  return el("details", {}, el("summary", {}, "Details"), nearest, el("dl", {}, rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
}
