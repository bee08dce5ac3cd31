// The look-up page. Photographs stay in the browser; each search sends one again, so that the server
// need not keep it. Names come as data and are only ever set as text.
const find = id => document.getElementById(id);
const facts = JSON.parse(find("facts").textContent); // {max_bytes, suffixes, people: [{id, name}]}
const shown = { photograph: null, search: null };
const photographs = []; // {file, name, address, state, answer, region, problem}

const stage = find("stage"), image = find("photograph"), regionBox = find("region");

function notice(text, mild, again) {
  const place = find("notice");
  place.replaceChildren(text || "");
  place.classList.toggle("mild", Boolean(mild));
  if (again) place.append(el("button.act", { type: "button", onclick: again }, "Try again"));
  place.hidden = !text;
}

// ---- photographs come

const PICTURE = /^image\//;
const named = name => facts.suffixes.some(suffix => name.toLowerCase().endsWith(suffix)); // not every system knows every type

function take(files) {
  const pictures = [...files].filter(file => PICTURE.test(file.type) || named(file.name));
  if (!pictures.length) {
    notice(files.length ? "There is no photograph among these files." : "Nothing that can be searched was dropped: drop the image files themselves.");
    return;
  }
  notice("");
  pictures.sort((a, b) => (a.webkitRelativePath || a.name).localeCompare(b.webkitRelativePath || b.name));
  const added = pictures.map(file => ({ file, name: file.webkitRelativePath || file.name || "photograph", address: URL.createObjectURL(file), state: "waits" }));
  photographs.push(...added);
  find("drop").classList.add("slim");
  find("found").hidden = false;
  show(added[0]);
  searchWaiting();
}

let searching = false;
async function searchWaiting() {
  if (searching) return;
  searching = true;
  for (let next; (next = photographs.find(one => one.state === "waits"));) await search(next);
  searching = false;
}

async function search(one) {
  one.state = "searching";
  one.problem = one.answer = null;
  drawn(one);
  try {
    if (one.file.size > facts.max_bytes) throw Object.assign(new Error(`The file is too large: it has ${(one.file.size / 1e6).toFixed(1)} MB, and ${facts.max_bytes / 1e6} MB are the most that is read. Choose a smaller copy; faces of 200 pixels are enough.`), { final: true });
    const form = new FormData();
    form.append("image", one.file, "photograph");
    if (one.region) form.append("region", one.region.join(","));
    if (!/^image\/(jpeg|png|webp|bmp|gif)$/.test(one.file.type)) form.append("preview", "1");
    const response = await fetch("search", { method: "POST", body: form }).catch(() => {
      throw new Error("The page cannot reach its server. Is it still running?");
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw Object.assign(new Error(answer.detail || `The server answers with error ${response.status}.`), { final: [400, 409, 413].includes(response.status), mild: response.status === 409 });
    one.answer = answer;
    one.state = "found";
    if (answer.shown) one.address = answer.shown;
  } catch (problem) {
    one.state = "failed";
    one.problem = problem;
  }
  drawn(one);
}

function again(one) {
  one.state = "waits";
  searchWaiting();
}

// ---- one photograph is shown

function show(one) {
  shown.photograph = one;
  leaveDrawing();
  image.src = one.address;
  drawn(one);
}

function drawn(one) {
  drawStrip();
  if (one !== shown.photograph) return;
  const { answer, problem, state } = one;
  if (image.src !== one.address) image.src = one.address;
  find("busy").textContent = state === "found" ? summary(answer) : state === "failed" ? "" : "Searching …";
  find("whole").hidden = !one.region;
  notice(problem ? problem.message : "", problem && problem.mild, problem && !problem.final ? () => again(one) : null);
  find("people").replaceChildren(...(answer ? answer.faces.map(face => faceSection(face, one)) : []));
  find("boxes").replaceChildren(...(answer ? answer.faces.map(boxOf) : []));
  find("copies").hidden = !photographs.some(other => other.answer);
  placeTags();
}

function summary(answer) {
  const names = answer.faces.filter(face => face.verdict === "match").map(face => face.people[0].name);
  const doubtful = answer.faces.filter(face => face.verdict === "possible").length;
  const nobody = answer.faces.length - names.length - doubtful;
  const parts = [names.join(", "), doubtful ? `${plural(doubtful, "face is", "faces are")} in doubt` : "", nobody ? `${plural(nobody, "face is", "faces are")} nobody you know` : ""];
  return [`${parts.filter(Boolean).join("; ")}.`, answer.note && `(${answer.note})`].filter(Boolean).join(" ");
}

function drawStrip() {
  const strip = find("strip");
  strip.hidden = photographs.length < 2;
  if (strip.hidden) return;
  strip.replaceChildren(...photographs.map(one => el("button", {
    type: "button", "aria-current": one === shown.photograph ? "true" : null, onclick: () => show(one), title: one.name,
  }, el("img", { src: one.address, alt: "", loading: "lazy" }), el("span", {}, stateOf(one)))));
}

function stateOf(one) {
  if (one.state === "waits") return "waits";
  if (one.state === "searching") return "searching …";
  if (one.state === "failed") return one.problem.mild ? "no clear face" : "failed";
  const names = one.answer.faces.filter(face => face.verdict === "match").map(face => face.people[0].name);
  return names.join(", ") || "unknown";
}

const nameOf = face => face.verdict === "match" || face.verdict === "possible" ? face.people[0].name : "";

function boxOf(face) {
  const [x, y, w, h] = face.place, name = nameOf(face);
  return el(`button.box.${face.verdict}`, {
    type: "button", style: { left: `${100 * x}%`, top: `${100 * y}%`, width: `${100 * w}%`, height: `${100 * h}%` },
    "aria-label": `Face ${face.number}: ${name || (face.status === "ok" ? "unknown" : "not searched")}`,
    onclick: () => goTo(face.number),
  }, el(`span.tag.${face.verdict}`, { "data-number": face.number }, name ? `${face.number} ${name}` : `${face.number}`));
}

function goTo(number) {
  const section = find(`face-${number}`);
  section.scrollIntoView({ block: "nearest" });
  section.focus({ preventScroll: true });
}

// A label goes where it hides no face and no other label: below, above, beside; else only its number.
function placeTags() {
  const frame = stage.getBoundingClientRect();
  const boxes = [...find("boxes").children];
  const faces = boxes.map(box => box.getBoundingClientRect());
  const taken = [...faces];
  const free = place => place.left >= frame.left && place.right <= frame.right && place.top >= frame.top && place.bottom <= frame.bottom
    && !taken.some(other => place.left < other.right && other.left < place.right && place.top < other.bottom && other.top < place.bottom);
  boxes.forEach((box, number) => {
    const tag = box.querySelector(".tag"), face = faces[number];
    let placed = tryPlaces(tag, face, frame, free);
    if (!placed) {
      tag.textContent = tag.dataset.number;
      tag.classList.add("number");
      placed = tryPlaces(tag, face, frame, free) || corner(tag, face);
    }
    taken.push(placed);
    tag.style.setProperty("--at-x", `${placed.left - face.left}px`);
    tag.style.setProperty("--at-y", `${placed.top - face.top}px`);
  });
}

function tryPlaces(tag, face, frame, free) {
  const { width, height } = tag.getBoundingClientRect();
  const middle = Math.min(Math.max(face.left + face.width / 2 - width / 2, frame.left + 2), frame.right - width - 2);
  const places = [[middle, face.bottom + 4], [middle, face.top - height - 4], [face.right + 4, face.top], [face.left - width - 4, face.top],
    ...[face.right - width, face.left].flatMap(left => [[left, face.bottom + 4], [left, face.top - height - 4]])];
  return places.map(([left, top]) => ({ left, top, right: left + width, bottom: top + height })).find(free);
}

function corner(tag, face) {
  const { width, height } = tag.getBoundingClientRect();
  const left = face.left + 2, top = face.bottom - height - 2;
  return { left, top, right: left + width, bottom: top + height };
}

// ---- one face

function faceSection(face, one) {
  const near = face.people.filter(person => person.verdict !== "unknown"), far = face.people.filter(person => person.verdict === "unknown");
  return el("section.person-face", { id: `face-${face.number}`, tabindex: "-1", "aria-label": `Face ${face.number}` },
    el("header", {}, el("span.face", { style: { "background-image": `url("${face.crop}")` } }),
      el("h2", {}, `${face.number} `, face.status !== "ok" ? "Not searched" : nameOf(face) || "Nobody you know")),
    face.reason ? el("p.quiet", {}, face.reason) : null,
    near.length ? el("ol.candidates", {}, near.map(candidate)) : null,
    far.length ? el("details", {}, el("summary", {}, near.length ? "Who is farther away" : "Who comes nearest"), el("ol.candidates", {}, far.map(candidate))) : null,
    face.status === "ok" ? sayWho(face, one) : null);
}

function candidate(person) {
  const name = person.link ? el("a", { href: person.link, target: "_blank", rel: "noopener noreferrer" }, person.name) : person.name;
  return el("li", {}, el("span.face", { style: { "background-image": `url("faces/${person.item}")` }, role: "img", "aria-label": `${person.name} in the gallery` }),
    el("div", {}, el("p", {}, el("strong", {}, name), " ", el(`span.verdict.${person.verdict}`, {}, person.verdict)),
      person.reason ? el("p.quiet", {}, person.reason) : null,
      person.probability === null ? null : el("p.quiet", {}, likely(person.probability)),
      person.namesakes ? el("p.small", {}, `${plural(person.namesakes, "more person", "more people")} of this name in the gallery; this one is ${person.id}.`) : null,
      el("details", {}, el("summary", {}, "Details"), el("dl", {}, el("dt", {}, "Id"), el("dd", {}, person.id), el("dt", {}, "Score of the ranking"), el("dd", {}, person.distance.toFixed(3)),
        el("dt", {}, "Of the nearest faces"), el("dd", {}, plural(person.hits, "is theirs", "are theirs"))))));
}

function sayWho(face, one) {
  const field = el("input.search", { list: "everybody", "aria-label": `Who is face ${face.number}?`, placeholder: "Somebody's name", autocomplete: "off" });
  const said = el("p.quiet.said", { role: "status" });
  const send = async person => {
    if (!person.trim()) return;
    const form = new FormData();
    form.append("image", one.file, one.name);
    form.append("box", ["x", "y", "w", "h"].map(side => face.box[side]).join(","));
    form.append("person", person);
    form.append("name", one.name);
    const response = await fetch("said", { method: "POST", body: form }).catch(() => null);
    const answer = response ? await response.json().catch(() => ({})) : {};
    said.textContent = answer.said || answer.detail || "The page cannot reach its server. Is it still running?";
  };
  const likeliest = nameOf(face) ? el("button.act", { type: "button", onclick: () => send(face.people[0].id) }, label(`Yes, this is ${nameOf(face)}`)) : null;
  return el("div", {}, el("form.say", { onsubmit: event => { event.preventDefault(); send(field.value); } }, likeliest, field, el("button.act", {}, "This is who it is")), said);
}

// ---- a part of the photograph, by pointer or by keyboard

const MOST = 1;
let start = null, part = null; // of the photograph's sides, 0 to 1

function at(event) {
  const frame = image.getBoundingClientRect(), within = value => Math.min(MOST, Math.max(0, value));
  return [within((event.clientX - frame.left) / frame.width), within((event.clientY - frame.top) / frame.height)];
}

function setPart(rectangle) {
  part = rectangle;
  regionBox.hidden = !part;
  if (!part) return;
  ["left", "top", "width", "height"].forEach((side, i) => { regionBox.style[side] = `${100 * part[i]}%`; });
  regionBox.setAttribute("aria-label", `Rectangle: ${Math.round(100 * part[0])} % from the left, ${Math.round(100 * part[1])} % from the top, ${Math.round(100 * part[2])} % wide, ${Math.round(100 * part[3])} % high`);
}

function drawing() { return find("draw").getAttribute("aria-pressed") === "true"; }

function enterDrawing() {
  find("draw").setAttribute("aria-pressed", "true");
  stage.classList.add("drawing");
  find("hint").hidden = false;
  setPart(part || [0.35, 0.25, 0.3, 0.3]);
  regionBox.tabIndex = 0;
  regionBox.focus({ preventScroll: true });
}

function leaveDrawing() {
  find("draw").setAttribute("aria-pressed", "false");
  stage.classList.remove("drawing");
  find("hint").hidden = true;
  regionBox.tabIndex = -1;
  setPart(null);
}

// Of a rectangle in the picture as it is shown the one in the photograph as it lies.
function asItLies([x, y, w, h], turn) {
  return { 90: [y, 1 - x - w, h, w], 180: [1 - x - w, 1 - y - h, w, h], 270: [1 - y - h, x, h, w] }[turn] || [x, y, w, h];
}

function searchPart() {
  const one = shown.photograph, size = one.answer ? [one.answer.width, one.answer.height] : [image.naturalWidth, image.naturalHeight];
  one.region = asItLies(part, one.answer?.turn).map((side, i) => Math.round(side * size[i % 2]));
  leaveDrawing();
  again(one);
}

stage.addEventListener("pointerdown", event => {
  if (event.button !== 0 || (event.pointerType !== "mouse" && !drawing())) return;
  start = at(event);
});
addEventListener("pointermove", event => {
  if (!start) return;
  const end = at(event), size = [Math.abs(start[0] - end[0]), Math.abs(start[1] - end[1])];
  if (Math.max(...size) < 0.01) return;
  event.preventDefault();
  setPart([Math.min(start[0], end[0]), Math.min(start[1], end[1]), ...size]);
});
addEventListener("pointerup", () => {
  const drawn = start && part && part[2] >= 0.01 && part[3] >= 0.01;
  start = null;
  if (drawn) searchPart();
});
addEventListener("pointercancel", () => { start = null; });
find("draw").addEventListener("click", () => drawing() ? leaveDrawing() : enterDrawing());
find("whole").addEventListener("click", () => { shown.photograph.region = null; again(shown.photograph); });
regionBox.addEventListener("keydown", event => {
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key === "Enter") searchPart();
  else if (event.key === "Escape") { leaveDrawing(); find("draw").focus(); }
  else if (moves[event.key]) {
    const [right, down] = moves[event.key].map(step => step * 0.02), [x, y, w, h] = part;
    const clip = (value, least, most) => Math.min(most, Math.max(least, value));
    setPart(event.shiftKey ? [x, y, clip(w + right, 0.02, 1 - x), clip(h + down, 0.02, 1 - y)] : [clip(x + right, 0, 1 - w), clip(y + down, 0, 1 - h), w, h]);
  } else return;
  event.preventDefault();
});

// ---- what was found, for elsewhere

function rows() {
  return photographs.filter(one => one.answer).flatMap(one => one.answer.faces.map(face => {
    const best = face.people[0], named = best && best.verdict !== "unknown";
    return { photograph: one.name, face: face.number, ...face.box, verdict: face.verdict, id: named ? best.id : "", name: named ? best.name : "", probability: named ? best.probability : null };
  }));
}

function csv() {
  const all = rows(), columns = ["photograph", "face", "x", "y", "w", "h", "verdict", "id", "name", "probability"];
  // A cell that begins like a formula would be run by a spreadsheet.
  const cell = value => { const text = value === null ? "" : String(value); return `"${(typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? "'" : "") + text.replaceAll('"', '""')}"`; };
  return [columns, ...all.map(row => columns.map(column => row[column]))].map(line => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea.hidden", {}, text); // where the page is not served by TLS
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "Copied";
}
find("copy-json").addEventListener("click", event => copy(JSON.stringify(rows(), null, 2), event.target));
find("copy-csv").addEventListener("click", event => copy(csv(), event.target));

// ---- the ways in

for (const id of ["files", "folder", "camera"]) {
  find(id).addEventListener("change", event => { take(event.target.files); event.target.value = ""; });
}
find("folder-choice").hidden = !("webkitdirectory" in HTMLInputElement.prototype);
addEventListener("dragover", event => { event.preventDefault(); find("drop").classList.add("over"); });
addEventListener("dragleave", () => find("drop").classList.remove("over"));
addEventListener("drop", event => {
  event.preventDefault();
  find("drop").classList.remove("over");
  take(event.dataTransfer.files);
});
addEventListener("paste", event => { if (event.clipboardData.files.length) take(event.clipboardData.files); });
addEventListener("resize", () => { if (shown.photograph) drawn(shown.photograph); });
image.addEventListener("load", placeTags);
find("everybody").replaceChildren(...facts.people.map(person => el("option", { value: person.name === person.id ? person.id : `${person.name} (${person.id})` })));
