// What was decided, kept in this browser until it is saved as a labels.tsv.
"use strict";
const COLUMNS = ["sha256", "image", "x", "y", "w", "h", "person", "say", "source", "date"];
const SHELF = `visage-labels ${content.labels}`;

/** Answers, the latest last; at most one stands for each face. */
const decided = new Map();

const faceKey = face => `${face.photograph.sha256 || face.photograph.image} ${face.box || ""}`;
const decidable = face => !content.share && face.verdict !== "none";

/** The lines that an answer makes: "somebody else" also says that it is not the likely one. */
function statements(face, answer) {
  const { photograph } = face;
  const box = face.box || ["", "", "", ""];
  const common = [photograph.sha256 || "", photograph.image, ...box];
  return answer.says.map(([say, person]) => [...common, person, say, "report", answer.date]);
}

/** As visage.store.text: a cell that no spreadsheet runs. */
function cell(value) {
  let text = String(value);
  if (/^'*(?![+-]?\d+(?:\.\d*)?$)[=+\-@\t\r＝＋－＠]/.test(text)) text = `'${text}`;
  return /["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function labelsText() {
  const lines = [...decided.values()].flatMap(answer => answer.lines);
  return [COLUMNS, ...lines].map(line => line.map(cell).join("\t") + "\n").join("");
}

function keep() {
  try {
    localStorage.setItem(SHELF, JSON.stringify([...decided]));
  } catch { /* a browser that keeps nothing for files: then until the page is closed */ }
}

/** Decide: says is a list of [say, person id]; words is what people read. */
function decide(face, says, words) {
  const answer = { says, words, date: new Date().toISOString().replace(/\.\d+Z$/, "Z") };
  answer.lines = statements(face, answer);
  decided.delete(faceKey(face));
  decided.set(faceKey(face), answer);
  keep();
}

function undecide(face) {
  decided.delete(faceKey(face));
  keep();
}

const answerTo = face => decided.get(faceKey(face));

function saveLabels() {
  const address = URL.createObjectURL(new Blob([labelsText()], { type: "text/tab-separated-values" }));
  const link = el("a", { href: address, download: "labels.tsv" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

try {
  for (const [key, answer] of JSON.parse(localStorage.getItem(SHELF) || "[]")) decided.set(key, answer);
} catch { /* nothing is kept, or it is not ours */ }
