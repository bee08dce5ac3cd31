// The data of the page as objects that know each other. What the page left out is empty.
"use strict";
const parsed = id => JSON.parse(document.getElementById(id).textContent);
const content = parsed("content");
const pictures = content.pictures || [];
const places = parsed("place");
const byKey = new Map();
const byId = new Map(content.people.map(person => [person.id, person]));

const addressOf = number => {
  if (number === undefined || number === null) return "";
  const uri = pictures[number];
  return uri.startsWith("data:") ? uri : places.pictures + uri;
};

/** Make photographs know their faces, and those the people they may be. */
function connect(photograph) {
  byKey.set(photograph.key, photograph);
  photograph.reason ||= "";
  photograph.original ||= "";
  photograph.faces ||= [];
  photograph.name = photograph.image.split("/").pop();
  photograph.albumName = content.albums[photograph.album];
  for (const face of photograph.faces) {
    face.photograph = photograph;
    face.candidates ||= [];
    face.best = face.candidates[0];
    face.named = face.verdict === "match" || face.verdict === "given";
    // How sure it is that the face is its closest person: to sort by, whatever there is.
    face.sure = face.verdict === "given" ? 1 : face.best ? face.best.probability ?? 1 / (1 + face.best.distance) : -1;
    for (const candidate of face.candidates) {
      candidate.who = content.people[candidate.person];
      candidate.beside = (candidate.faces || []).map(number => content.gallery[number]);
    }
  }
  photograph.named = photograph.faces.filter(face => face.named);
  photograph.text = [photograph.image, ...photograph.named.map(face => face.best.who.name)]
    .join("\n").toLocaleLowerCase();
}
content.photographs.forEach(connect);

/** Of many photographs only the first stand before the scripts: a screen of them is soon seen. */
let whole = content.photographs.length === content.total;

/** Take in the others, which stand behind the scripts. */
function complete() {
  if (whole) return;
  whole = true;
  const rest = parsed("rest");
  for (const name of ["photographs", "gallery"]) content[name].push(...rest[name] || []);
  pictures.push(...rest.pictures || []);
  rest.photographs.forEach(connect);
}

/** Which faces each answer of the filter "Faces" is about. */
const SHOWS = {
  found: face => face.named,
  doubtful: face => face.doubtful,
  unknown: face => face.verdict === "unknown",
  poor: face => face.status === "poor",
};

/** And which photographs, where it is about those without a face to compare. */
const EMPTY = {
  noface: photograph => photograph.status === "no_face",
  unread: photograph => !["ok", "no_face", "poor", "too_small"].includes(photograph.status),
};

/** Names from right to left keep to themselves among others (UAX 9, isolates). */
const isolated = name => (/[\u0590-\u08ff\ufb1d-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name);

/** Say in a few words who is in a photograph. */
function whoIsIn(photograph) {
  const names = [...new Set(photograph.named.map(face => isolated(face.best.who.name)))];
  const named = names.length <= 4
    ? names.join(", ").replace(/, ([^,]*)$/, " and $1")
    : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  return named;
}

/** Say a photograph in words, for those who do not see it. */
function described(photograph) {
  if (!photograph.faces.length) return `${photograph.image}: ${photograph.reason || "no face"}`;
  const others = photograph.faces.length - photograph.named.length;
  const parts = [whoIsIn(photograph), others ? plural(others, photograph.named.length ? "other face" : "unknown face") : ""];
  return `${photograph.image}: ${parts.filter(Boolean).join(" and ")}`;
}
