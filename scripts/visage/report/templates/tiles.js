// A photograph with its faces, a face by itself: how they look wherever they stand.
"use strict";
const HEIGHT = 240; // pixels, about as high as a photograph stands in the grid
const LETTER = 8; // pixels, about as wide as a letter of a name
const TAG = 26; // pixels, height of a name with its distance to the face

const rest = place => ({ left: `${place[0]}%`, top: `${place[1]}%`, width: `${place[2]}%`, height: `${place[3]}%` });
const ratioOf = photograph => (photograph.width && photograph.height ? photograph.width / photograph.height : 1);

/** Where names would stand, in pixels of a photograph of some height; null where they do not fit. */
function tagged(photograph, height = HEIGHT) {
  const width = height * ratioOf(photograph);
  const boxes = photograph.faces.filter(face => face.place)
    .map(({ place: [x, y, w, h] }) => ({ x: x * width / 100, y: y * height / 100, w: w * width / 100, h: h * height / 100 }));
  const meet = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  const tags = new Map();
  for (const face of photograph.named) {
    if (!face.place) return null;
    const box = boxes[photograph.faces.filter(other => other.place).indexOf(face)];
    const wide = face.best.who.name.length * LETTER + 24;
    const below = box.y + box.h + TAG <= height;
    const tag = { x: box.x + box.w / 2 - wide / 2, y: below ? box.y + box.h + 2 : box.y + box.h - TAG - 6, w: wide, h: TAG };
    const hides = boxes.some(other => meet(tag, other) && (below || other !== box)) || (!below && box.h < 4 * TAG);
    if (hides || tag.x < 0 || tag.x + wide > width || [...tags.values()].some(other => meet(tag, other.tag))) return null;
    tags.set(face, { tag, inside: !below });
  }
  return tags;
}

const verdictOf = face => (answerTo(face) ? "given" : face.named && face.doubtful ? "possible" : face.verdict);

/** The boxes of a photograph; those that `lit` does not choose step back. */
function boxes(photograph, lit, names, onFace) {
  return photograph.faces.filter(face => face.place).map(face => {
    const tag = names?.get(face);
    const written = tag ? el(`span.tag.${verdictOf(face)}${tag.inside ? ".in" : ""}`, {}, face.best.who.name) : null;
    const kind = `.box.${face.named ? verdictOf(face) : face.verdict}${lit(face) ? ".lit" : ""}`;
    if (!onFace) return el(`span${kind}`, { style: rest(face.place) }, written);
    const name = face.named ? face.best.who.name : face.verdict === "none" ? "not compared" : "unknown";
    return el(`button${kind}`, {
      type: "button", style: rest(face.place), onclick: () => onFace(face),
      "aria-label": `Face ${face.number + 1}: ${name}`, "aria-pressed": String(lit(face)),
    }, written);
  });
}

function image(photograph, attributes) {
  if (photograph.picture === undefined) return el("span.gone", {}, photograph.missing || "There is no picture.");
  return el("img", { src: addressOf(photograph.picture), alt: "", decoding: "async", ...attributes });
}

/** A photograph in the grid. */
function photographTile(photograph, lit, height = HEIGHT) {
  const names = tagged(photograph, height);
  const said = whoIsIn(photograph);
  return el(`a.shot${names && names.size ? ".tagged" : ""}`, {
    href: linkTo({ photo: photograph.key, face: "" }), "data-key": photograph.key,
    "aria-label": described(photograph), style: { "--r": ratioOf(photograph).toFixed(3) },
  },
  image(photograph, { loading: "lazy" }), ...boxes(photograph, lit, names),
  said ? el("span.names", { "aria-hidden": "true" }, label(said)) : null);
}

/** Say in words how sure a face's name is. */
function certainty(face) {
  if (!face.best || face.verdict === "none") return "";
  if (face.verdict === "given") return "as you said";
  return face.best.probability === undefined ? "" : likely(face.best.probability);
}

/** A face by itself, with its name and how sure that is. */
function faceTile(face) {
  const { photograph, best } = face;
  const name = face.named ? best.who.name : face.doubtful ? `${best.who.name}?` : face.verdict === "none" ? "Not compared" : "Unknown";
  const answer = answerTo(face);
  return el("a.facetile", {
    href: linkTo({ photo: photograph.key, face: String(face.number + 1) }), "data-key": photograph.key,
  },
  el("span.face", { style: picture(face.picture) }),
  el("span.name", {}, answer ? answer.words : name),
  el("span.quiet.small", {}, face.named || face.doubtful ? certainty(face) : face.reason || photograph.name));
}

/** A picture as the ground of an element. */
const picture = number => (addressOf(number) ? { "background-image": `url("${addressOf(number)}")` } : {});
