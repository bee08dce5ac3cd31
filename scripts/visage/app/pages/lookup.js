// The look-up component. The photograph stays in the browser; each search sends it again, so the
// server need not keep it. Whatever the server sends as HTML is escaped there.
const find = (name) => element.querySelector(".look-" + name);
const input = element.querySelector("input[type=file]");
const stage = find("stage");
const image = stage.querySelector("img");
const base = window.location.pathname.replace(/[^/]*$/, "");
let file = null; // the photograph that is shown
let size = null; // its width and height in pixels
let search = null; // the search under way
let limit = Infinity; // bytes
let address = null; // of the photograph, in the browser's memory

const show = (name, shown) => { find(name).hidden = !shown; };

function notice(text, kind) {
  const place = find("notice");
  place.textContent = text || "";
  place.className = "look-notice look-" + (kind || "problem");
  place.hidden = !text;
}

async function gallery() {
  try {
    const status = await (await fetch(base + "status")).json();
    limit = status.max_bytes || Infinity;
    if (status.problem) {
      notice(status.problem);
    } else if (status.detail) {
      notice(status.detail);
    } else {
      find("gallery").textContent =
        `The gallery has ${count(status.people, "person", "people")} in ` +
        `${count(status.faces, "photograph", "photographs")}; model ${status.model}.`;
    }
  } catch {
    notice("The page cannot reach its server. Is it still running?");
  }
}

const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

function open(chosen) {
  if (!chosen) return;
  file = chosen;
  size = null;
  if (address) URL.revokeObjectURL(address);
  address = URL.createObjectURL(file);
  image.src = address;
  find("boxes").replaceChildren();
  show("drop", false);
  show("stage", true);
  show("tools", true);
  ask(null);
}

async function ask(region) {
  if (search) search.abort();
  const mine = (search = new AbortController());
  notice("");
  find("results").replaceChildren();
  show("whole", Boolean(region));
  if (!region) show("region", false);
  if (file.size > limit) {
    reject(`The file is too large: it has ${(file.size / 1e6).toFixed(1)} MB, and ` +
      `${(limit / 1e6).toFixed(limit < 1e6 ? 1 : 0)} MB are the most that is read. ` +
      "Choose a smaller copy; faces of 200 pixels are enough.");
    return;
  }
  const form = new FormData();
  form.append("image", file, "photograph");
  if (region) form.append("region", region.join(","));
  if (!/^image\/(jpeg|png|webp|bmp|gif)$/.test(file.type)) form.append("preview", "1");
  show("busy", true);
  try {
    const response = await fetch(base + "search", { method: "POST", body: form, signal: mine.signal });
    const answer = await response.json().catch(() => ({}));
    if (search !== mine) return;
    const text = answer.detail || `The server answers with error ${response.status}.`;
    if (response.ok) draw(answer);
    else if (response.status === 409) fail(text, "mild");
    else if (response.status === 400 || response.status === 413) reject(text);
    else fail(text);
  } catch (error) {
    if (error.name !== "AbortError" && search === mine) {
      fail("The page cannot reach its server. Is it still running?");
    }
  } finally {
    if (search === mine) show("busy", false);
  }
}

function fail(text, kind) {
  notice(text, kind);
  find("boxes").replaceChildren();
  show("hint", kind === "mild");
}

// Not a photograph: there is nothing to look at, so ask for another one.
function reject(text) {
  fail(text);
  show("stage", false);
  show("tools", false);
  show("drop", true);
}

function draw(answer) {
  size = [answer.width, answer.height];
  if (answer.shown) image.src = answer.shown;
  find("results").innerHTML = answer.html;
  find("boxes").replaceChildren(...answer.boxes.map(box));
  show("hint", true);
}

function box(face, index) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "look-box look-is-" + face.verdict;
  button.style.left = (100 * face.x) / size[0] + "%";
  button.style.top = (100 * face.y) / size[1] + "%";
  button.style.width = (100 * face.w) / size[0] + "%";
  button.style.height = (100 * face.h) / size[1] + "%";
  button.setAttribute("aria-label", `Face ${index + 1}: go to its people`);
  const number = document.createElement("span");
  number.textContent = index + 1;
  button.append(number);
  button.addEventListener("click", () => {
    const section = find("results").querySelectorAll(".look-face")[index];
    section.scrollIntoView({ behavior: "smooth", block: "nearest" });
    section.focus({ preventScroll: true });
  });
  return button;
}

// A region: from the press of the pointer to its release, in pixels of the photograph.
let start = null;

function corner(event) {
  const frame = image.getBoundingClientRect();
  const within = (value) => Math.min(1, Math.max(0, value));
  return [within((event.clientX - frame.left) / frame.width),
    within((event.clientY - frame.top) / frame.height)];
}

function rectangle(event) {
  const end = corner(event);
  return [Math.min(start[0], end[0]), Math.min(start[1], end[1]),
    Math.abs(start[0] - end[0]), Math.abs(start[1] - end[1])];
}

stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  start = corner(event);
});
window.addEventListener("pointermove", (event) => {
  if (!start) return;
  const drawn = rectangle(event);
  if (Math.max(drawn[2], drawn[3]) < 0.01) return;
  event.preventDefault();
  const style = find("region").style;
  ["left", "top", "width", "height"].forEach((side, i) => { style[side] = 100 * drawn[i] + "%"; });
  stage.classList.add("look-drawing");
  show("region", true);
});
window.addEventListener("pointerup", (event) => {
  if (!start) return;
  const drawn = rectangle(event);
  start = null;
  stage.classList.remove("look-drawing");
  if (drawn[2] < 0.01 || drawn[3] < 0.01) return;
  const scale = size || [image.naturalWidth, image.naturalHeight];
  ask(drawn.map((side, i) => Math.round(side * scale[i % 2])));
});
window.addEventListener("pointercancel", () => { start = null; });

input.addEventListener("change", () => { open(input.files[0]); input.value = ""; });
find("whole").addEventListener("click", () => ask(null));
find("another").addEventListener("click", () => input.click());
element.addEventListener("dragover", (event) => {
  event.preventDefault();
  find("drop").classList.add("look-over");
});
element.addEventListener("dragleave", () => find("drop").classList.remove("look-over"));
element.addEventListener("drop", (event) => {
  event.preventDefault();
  find("drop").classList.remove("look-over");
  const dropped = event.dataTransfer.files[0];
  if (dropped) open(dropped);
  else notice("Nothing that could be searched was dropped: drop the image file itself.");
});
document.addEventListener("paste", (event) => {
  const pasted = [...event.clipboardData.files][0];
  if (pasted) open(pasted);
});
gallery();
