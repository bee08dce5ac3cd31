// The review: one thing to decide at a time. The next one is fetched, with its pictures, while this
// one is looked at, so that an answer is followed at once. Names are only ever set as text.
const find = id => document.getElementById(id);
const facts = JSON.parse(find("facts").textContent); // {people: [{id, name}]}
const undone = []; // {name, key}: what can be taken back, the last at the end
let item = null, waiting = null; // what is on the page; a promise of what comes next
let keys = {}; // key → what it does
let struck = new Set();
let work = Promise.resolve(); // what was begun and has not ended

// One after the other: a page fetched for what was said first is not shown over what was said next.
// What goes wrong is said, and does not hold up the next.
function inTurn(does) {
  work = work.then(does).catch(problem => notice(problem.message));
  return work;
}

// Takes the thing from the page: until the next one is there, a key says nothing about either.
function taken() {
  const mine = item;
  item = null;
  return mine;
}

function notice(text) {
  find("notice").textContent = text || "";
  find("notice").hidden = !text;
}

async function ask(address, sent) {
  const options = sent === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent) };
  const response = await fetch(address, options).catch(() => { throw new Error("The page cannot reach its server. Is it still running?"); });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(typeof answer.detail === "string" ? answer.detail : `The server answers with error ${response.status}.`), { status: response.status });
  return answer;
}

function following(query) {
  return ask(`review/next?${new URLSearchParams(query)}`).then(answer => {
    for (const picture of picturesOf(answer.item)) new Image().src = picture;
    return answer;
  });
}

function picturesOf(one) {
  if (!one) return [];
  const faces = [one.face, one.other_face, ...(one.faces || []).slice(0, 12), ...(one.candidates || [])];
  return faces.filter(Boolean).map(face => face.picture).filter(Boolean);
}

async function go(query) {
  try {
    show(await following(query));
  } catch (problem) {
    notice(problem.message);
  }
}

function show(answer) {
  item = answer.item;
  struck = new Set();
  keys = {};
  find("progress").max = item ? item.of : 1;
  find("progress").value = item ? item.number : 1;
  find("count").replaceChildren(...(item ? [el("strong", {}, item.number.toLocaleString("en")), ` of ${item.of.toLocaleString("en")}`] : []));
  const place = find("item");
  if (!item) {
    place.replaceChildren(el("h1", {}, "Nothing is left to decide"), el("p.lead", {}, answer.of ? "Everything in doubt has been looked at." : "Nothing is in doubt: run the workflow, or add photographs."));
    return;
  }
  place.replaceChildren(...{ face: faceParts, cluster: clusterParts, finding: findingParts }[item.kind]());
  waiting = following({ after: item.key }).catch(() => null);
}

// ---- saying something, and going on

function say(what, person) {
  const mine = taken(), next = waiting, out = [...struck];
  return mine && inTurn(() => send(mine, next, { say: what, person: person || "", struck: out }));
}

async function send(mine, next, said) {
  try {
    const answer = await ask("review/say", { ...said, key: mine.key, seen: mine.seen });
    undone.push({ name: answer.undo, key: mine.key });
    find("undo").disabled = false;
    find("said").textContent = answer.said;
    notice("");
    const ready = await next;
    if (ready && ready.item && ready.item.key !== mine.key) show(ready);
    else await go({ after: mine.key });
  } catch (problem) {
    notice(problem.message);
    if (problem.status === 409) await go({ at: mine.key });
    else item = mine;
  }
}

function later() {
  const mine = taken(), next = waiting;
  return mine && inTurn(async () => {
    const ready = await next;
    if (ready) show(ready);
    else await go({ after: mine.key });
    find("said").textContent = "Put off: it comes again at the end.";
  });
}

function undo() {
  return inTurn(async () => {
    const last = undone.pop();
    find("undo").disabled = !undone.length;
    if (!last) return;
    taken();
    let said = "Taken back.";
    try {
      await ask(`review/undo/${last.name}`, {});
    } catch (problem) {
      notice(problem.message);
      said = "";
    }
    await go({ at: last.key });
    find("said").textContent = said;
  });
}

// ---- the three kinds of things

const round = picture => ({ "background-image": picture ? `url("${picture}")` : "none" });

function figure(face, said) {
  return el("figure", {}, el("a", { href: face.whole || face.picture, target: "_blank", rel: "noopener", title: "The whole photograph" }, el("span.face", { style: round(face.picture), role: "img", "aria-label": said })), el("figcaption", {}, face.image));
}

function act(key, words, does, first) {
  if (key) keys[key] = does;
  return el(`button.act${first ? ".first" : ""}`, { type: "button", "aria-keyshortcuts": key || null, onclick: does }, label(words), key ? el("kbd", { "aria-hidden": "true" }, key) : null);
}

function somebody(words) {
  const field = el("input.search", { list: "everybody", "aria-label": words, placeholder: words, autocomplete: "off" });
  const send = event => { event.preventDefault(); if (field.value.trim()) say("is", field.value); };
  keys.s = () => field.focus();
  return el("form.say", { onsubmit: send }, field, el("button.act", {}, "This is who it is"));
}

function common() {
  return [act("u", "I don’t know", later), act("i", "Not a face to keep", () => say("ignore"))];
}

function faceParts() {
  const [best, ...others] = item.candidates;
  if (!best) return [el("h1", {}, "Who is this?"), el("div.pair", {}, figure(item.face, "The face")), el("div.acts", {}, common()), somebody("Somebody’s name")];
  const sure = best.probability !== null && best.probability >= 0.9;
  return [
    el("h1", {}, `Is this ${best.name}?`),
    el("p.quiet", {}, best.probability === null ? "The program is not sure." : `The program is not sure: ${likely(best.probability)}.`),
    el("div.pair", {}, figure(item.face, "The face in question"), figure({ picture: best.picture, image: best.image, whole: best.picture }, `${best.name} in the gallery`)),
    el("div.acts", {}, act("y", `Yes, ${best.name}`, () => say("is", best.id), sure), act("n", "No", () => say("not", best.id)), common()),
    others.length ? el("h2", {}, "Or is it …") : null,
    el("div.others", {}, others.slice(0, 9).map((other, number) => {
      keys[number + 1] = () => say("is", other.id);
      return el("button", { type: "button", "aria-keyshortcuts": `${number + 1}`, onclick: keys[number + 1] }, el("span.face", { style: round(other.picture) }), label(other.name), " ", el("kbd", { "aria-hidden": "true" }, `${number + 1}`));
    })),
    somebody("Somebody else’s name"),
  ].filter(Boolean);
}

function clusterParts() {
  const [near] = item.candidates;
  const more = item.count - item.faces.length;
  return [
    el("h1", {}, "Who is this?"),
    el("p.quiet", {}, `${plural(item.count, "face")} that look like one person’s. Press a face that is somebody else’s to strike it out.${more > 0 ? ` ${more.toLocaleString("en")} more are not shown.` : ""}`),
    el("div.faces", {}, item.faces.map((face, number) => el("button", { type: "button", "aria-pressed": "false", "aria-label": `Face ${number + 1}, ${face.image}: strike it out`, onclick: event => strike(face.key, event.currentTarget) }, el("span.face", { style: round(face.picture) })))),
    somebody("Their name"),
    near ? el("p.quiet", {}, `Nobody of the gallery is near enough; ${near.name} comes nearest.`) : null,
    el("div.acts", {}, near ? act("y", `They are ${near.name}`, () => say("is", near.id)) : null, act("u", "I don’t know", later), act("i", "Nobody to keep", () => say("ignore"))),
  ].filter(Boolean);
}

function strike(key, button) {
  if (struck.has(key)) struck.delete(key);
  else struck.add(key);
  button.setAttribute("aria-pressed", String(struck.has(key)));
}

function findingParts() {
  const { person, other } = item;
  const twice = item.other_face && !other;
  return [
    el("h1", {}, twice ? `Does ${person.name} need both?` : other ? `Is this ${person.name}, or ${other.name}?` : `Is this ${person.name}?`),
    el("p.quiet", {}, item.says),
    item.detail ? el("p.quiet", {}, item.detail) : null,
    el("div.pair", {}, figure(item.face, `In the folder of ${person.name}`), item.other_face ? figure(item.other_face, `${(other || person).name} in the gallery`) : null),
    el("div.acts", {}, act("y", twice ? "Keep both" : `It is ${person.name}`, () => say("is", person.id)), other ? act("1", `It belongs to ${other.name}`, () => say("is", other.id)) : null,
      twice ? [act("i", "Leave the first one out", () => say("ignore")), act("u", "I don’t know", later)] : common()),
    item.move ? moving() : null,
    somebody("Somebody else’s name"),
  ].filter(Boolean);
}

function moving() {
  const button = el("button.act", { type: "button", onclick: async () => {
    await navigator.clipboard.writeText(item.move).then(() => { button.textContent = "Copied"; }, () => { button.textContent = "Copy it by hand"; });
  } }, "Copy the command that moves the photograph");
  return el("div", {}, el("code.move", {}, item.move), button);
}

// ---- the run

async function follow() {
  const state = await ask("run").catch(problem => { notice(problem.message); return null; });
  if (!state) return;
  const bar = find("steps");
  find("run").disabled = state.running;
  bar.hidden = !state.running;
  bar.max = state.total || 1;
  if (state.total) bar.value = state.done;
  else bar.removeAttribute("value");
  find("state").textContent = state.running ? (state.total ? `${state.done} of ${state.total} steps` : "It begins …") : state.failed ? "It failed:" : state.ended ? "Done: the results are new." : "";
  find("last").hidden = !state.failed;
  find("last").textContent = state.last.join("\n");
  if (state.running) setTimeout(follow, 700);
  else if (state.ended && !state.failed) inTurn(() => item ? undefined : go({}));
}

find("run").addEventListener("click", async () => {
  notice("");
  await ask("run", {}).catch(problem => notice(problem.message));
  follow();
});

find("undo").addEventListener("click", undo);
keys.z = undo;
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const does = event.key === "z" ? undo : keys[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});
find("everybody").replaceChildren(...facts.people.map(person => el("option", { value: person.name === person.id ? person.id : `${person.name} (${person.id})` })));
follow();
inTurn(() => go({}));
