// Deciding: yes, no, somebody else, not a face to keep; and the bar that saves what was decided.
"use strict";

function answers(face, state) {
  if (!decidable(face)) return [];
  const answer = answerTo(face);
  if (answer) {
    return [el("p.answer", { role: "status" }, el("strong", {}, answer.words), " is your answer."),
      el("div.acts", {}, act("Undo", "z", () => settle(() => undecide(face)), false))];
  }
  const best = face.named || face.doubtful ? face.best : null;
  const acts = best ? [
    act(`Yes, ${best.who.name}`, "y", () => say(face, [["is", best.who.id]], best.who.name), face.named && !face.doubtful),
    act("No", "n", () => say(face, [["not", best.who.id]], `Not ${best.who.name}`), false),
  ] : [];
  return [
    el("div.acts", {}, ...acts,
      act(best ? "Somebody else …" : "It is …", "s", () => viewer.querySelector(".else").toggleAttribute("hidden", false) || viewer.querySelector(".else input").focus(), false),
      act("Not a face to keep", "i", () => say(face, [["ignore", ""]], "Not a face to keep"), false)),
    el("form.else", { hidden: true, onsubmit: event => { event.preventDefault(); sayElse(face, best, event.target.elements.name.value.trim()); } },
      el("label", {}, "Who is it? ", el("input.search", { name: "name", list: "everybody", autocomplete: "off", required: true })),
      el("button.act.first", { type: "submit" }, "That is who it is")),
  ];
}

const act = (words, key, press, first) => el(`button.act${first ? ".first" : ""}`, { type: "button", "data-key": key, "aria-keyshortcuts": key, onclick: press }, label(words), " ", el("kbd", { "aria-hidden": "true" }, key));

function say(face, says, words) {
  settle(() => decide(face, says, words));
}

/** A name that the gallery knows is its id; any other is a new person's. */
function sayElse(face, best, name) {
  if (!name) return;
  const known = content.people.filter(person => person.name === name || person.id === name);
  const id = known.length === 1 ? known[0].id : name;
  const not = best && best.who.id !== id ? [["not", best.who.id]] : [];
  say(face, [["is", id], ...not], known.length === 1 ? known[0].name : name);
}

function settle(change) {
  change();
  const state = readAddress();
  showViewer(state);
  showDecided();
  viewer.querySelector("#viewer-title")?.focus({ preventScroll: true });
}

/** The others it may be: one click says so. */
function others(face) {
  const rest = face.named || face.doubtful ? face.candidates.slice(1) : [];
  if (!rest.length || !decidable(face) || answerTo(face)) return [];
  return [el("h3.or", {}, "Or is it …"), el("div.others", {}, rest.map(candidate => el("button", {
    type: "button", onclick: () => sayElse(face, face.best, candidate.who.id),
  }, el("span.face", { style: picture(candidate.beside[0]?.picture) }), label(candidate.who.name))))];
}

function showDecided() {
  const bar = document.getElementById("decided");
  bar.hidden = !decided.size;
  if (!decided.size) return;
  bar.replaceChildren(
    el("p", {}, el("strong", {}, plural(decided.size, "answer")), " kept in this browser"),
    el("button.act.first", { type: "button", id: "save", onclick: saveLabels }, "Save labels.tsv"),
    el("button.act", { type: "button", id: "forget", onclick: () => {
      if (confirm("Forget all answers that were not saved?")) { decided.clear(); keep(); render(); }
    } }, "Forget"));
}
