// A page a person: their faces, those that are least like them first, and their photographs.
"use strict";

function showPerson(state, part) {
  const person = byId.get(state.person);
  if (!person) {
    part.replaceChildren(el("h2", {}, "Nobody of that name"), el("p.lead", {}, "Nobody here has the id ", el("code", {}, state.person), "."));
    return;
  }
  const found = chosen({ ...state, show: "", q: "", album: "" });
  const faces = found.flatMap(one => one.faces).sort((a, b) => a.sure - b.sure);
  const sure = faces.filter(face => face.named);
  const maybe = faces.filter(face => !face.named);
  part.replaceChildren(
    el("div.person", {},
      el("span.face", { style: picture(person.picture) }),
      el("div", {},
        el("h2", {}, person.name),
        el("p.quiet", {}, `${plural(sure.length, "face")} in ${plural(new Set(sure.map(face => face.photograph)).size, "photograph")}`),
        person.link ? el("p", {}, el("a", { href: person.link, rel: "noreferrer" }, "Page of this person")) : null)),
    ...(sure.length ? [el("div.album", {}, el("h3", {}, "Faces"), el("span.quiet", {}, "the least likely first")), el("div.facegrid", {}, sure.slice(0, content.page).map(faceTile)), ...further(sure, "face", { as: "faces", sort: "doubt" })] : []),
    ...(maybe.length ? [el("div.album", {}, el("h3", {}, "Perhaps"), el("span.quiet", {}, "too far for a match, but not by much")), el("div.facegrid", {}, maybe.slice(0, content.page).map(faceTile))] : []),
    ...(found.length ? [el("div.album", {}, el("h3", {}, "Photographs")), el("div.grid", {}, found.slice(0, content.page).map(one => photographTile(one.photograph, meantFaces(state)))), ...further(found, "photograph", {})] : [el("p.lead", {}, "In none of these photographs.")]),
  );
}

/** Lead to all of them where only the first are shown. */
function further(all, what, view) {
  if (all.length <= content.page) return [];
  return [el("p", {}, el("a", { href: linkTo({ view: "photographs", ...view }) }, `All ${plural(all.length, what)}`))];
}
