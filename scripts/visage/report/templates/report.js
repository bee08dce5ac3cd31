"use strict";
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const cards = $$(".card");
const rows = $$("#score-table tbody tr");
const fields = { search: $("#search"), person: $("#person"), group: $("#group"), clear: $("#clear") };
const verdicts = $$("#filters [name=verdict]");

// What a search looks through: a card's file name and the people it may show, a row's whole text.
const people = new Map($$("option", fields.person).map((option) => [option.value, option.text]));
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const words = (value) => (value ? value.split(" ") : []);
const items = [
  ...cards.map((node) => ({
    node,
    verdicts: words(node.dataset.verdicts),
    people: words(node.dataset.people),
    group: node.dataset.group,
    text: plain([$("h3", node).textContent, ...words(node.dataset.people).map((n) => people.get(n))].join("\n")),
  })),
  ...rows.map((node) => ({
    node,
    verdicts: [node.dataset.verdict],
    people: [node.dataset.person],
    group: node.dataset.group,
    text: plain(node.textContent),
  })),
];

function filter() {
  const chosen = verdicts.filter((box) => box.checked).map((box) => box.value);
  const text = plain(fields.search.value.trim());
  const person = fields.person.value;
  const group = fields.group ? fields.group.value : "";
  for (const item of items) {
    item.node.hidden = !(
      item.verdicts.some((verdict) => chosen.includes(verdict)) &&
      (!person || item.people.includes(person)) &&
      (!group || item.group === group) &&
      (!text || item.text.includes(text))
    );
  }
  const filtered = Boolean(text || person || group || chosen.length < verdicts.length);
  fields.clear.disabled = !filtered;
  const shown = count("cards", cards, filtered);
  count("scores", rows, filtered);
  $("#shown").textContent = filtered ? `${shown} of ${cards.length} photographs` : "";
}

function count(name, nodes, filtered) {
  const shown = nodes.filter((node) => !node.hidden).length;
  const label = $(`[data-count=${name}]`);
  if (!label) return shown; // not in this file
  label.dataset.all ??= label.textContent;
  label.textContent = filtered ? `${shown} of ${label.dataset.all}` : label.dataset.all;
  const empty = $(`[data-empty=${name}]`);
  if (empty) empty.hidden = shown > 0 || nodes.length === 0;
  return shown;
}

function clear() {
  fields.search.value = "";
  fields.person.value = "";
  if (fields.group) fields.group.value = "";
  for (const box of verdicts) box.checked = true;
  filter();
}

$("#filters").addEventListener("input", filter);
$("#filters").addEventListener("submit", (event) => event.preventDefault());
fields.clear.addEventListener("click", clear);
// A person's name in the table shows their photographs.
for (const link of $$("#score-table th a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const row = link.closest("tr");
    clear();
    fields.person.value = row.dataset.person;
    if (fields.group) fields.group.value = row.dataset.group;
    filter();
    $("#photographs").scrollIntoView();
  });
}

// Sorting: numbers fall first, texts rise first; what is empty stays at the end.
const texts = new Intl.Collator(undefined, { numeric: true });
const valueOf = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();

function sort(head, column) {
  const kind = head.dataset.sort;
  const first = kind === "number" ? "descending" : "ascending";
  const other = first === "ascending" ? "descending" : "ascending";
  const direction = head.getAttribute("aria-sort") === first ? other : first;
  for (const cell of head.parentNode.cells) cell.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const compare = kind === "text" ? texts.compare : (a, b) => a - b;
  rows.sort((a, b) => {
    const [x, y] = [valueOf(a, column), valueOf(b, column)];
    if (x === "" || y === "") return (x === "") - (y === "");
    return sign * compare(x, y);
  });
  rows[0].parentNode.append(...rows);
}

for (const head of $$("#score-table thead th[data-sort]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = head.textContent;
  head.replaceChildren(button);
  button.addEventListener("click", () => sort(head, head.cellIndex));
}

// Pages of people open beside this one.
for (const link of $$(".people a.name")) link.target = "_blank";

// Two faces side by side.
const dialog = $("#compare");
document.addEventListener("click", (event) => {
  const button = event.target.closest(".people button");
  if (button) return compare(button);
  if (event.target === dialog) dialog.close();
});

function compare(button) {
  const person = button.closest("li");
  const picture = $(".pic", button);
  const face = person.closest(".face");
  const image = $(".probe img", face);
  const name = $(".name", person);
  const { id, hits } = person.dataset;
  const rank = [...person.parentNode.children].indexOf(person) + 1;
  $("#compare-title").textContent = name.textContent;
  $("#compare-face").hidden = !image;
  if (image) Object.assign($("#compare-face"), { src: image.src, alt: image.alt });
  $("#compare-picture").className = picture.className;
  $("#compare-picture").setAttribute("aria-label", `Gallery face of ${name.textContent}`);
  $("#compare-of").textContent = $("h3", face.closest(".card")).textContent;
  $("#compare-with").textContent = `${button.title}, distance ${button.dataset.d ?? button.textContent}`;
  const distance = $(".number", person).firstChild.textContent.trim();
  const probability = $(".number b", person)?.textContent;
  const facts = { Verdict: person.className, Distance: distance, Probability: probability, Rank: rank, Hits: hits, ID: id };
  const entries = Object.entries(facts).filter(([, value]) => value);
  $("#compare-facts").replaceChildren(...entries.flatMap(([key, value]) => [element("dt", key), element("dd", value)]));
  if (name.href) {
    const link = Object.assign(element("a", name.href), { href: name.href, target: "_blank" });
    const cell = element("dd", "");
    cell.append(link);
    $("#compare-facts").append(element("dt", "Page"), cell);
  }
  dialog.showModal();
}

function element(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

// A box in a photograph and its face beside it light up together.
for (const [kind, other] of [[".box", (box) => $(`#${CSS.escape(box.hash.slice(1))}`)], [".face", (face) => $(`.box[href="#${face.id}"]`)]]) {
  for (const change of ["mouseover", "mouseout"]) {
    document.addEventListener(change, (event) => {
      const node = event.target.closest?.(kind);
      if (node) other(node)?.classList.toggle("lit", change === "mouseover");
    });
  }
}

// Keys: j and k between photographs, / to search, Escape to clear.
let current = -1;
function step(by) {
  const shown = cards.filter((card) => !card.hidden);
  if (!shown.length) return;
  const here = shown.indexOf(cards[current]);
  const next = here < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, here + by));
  current = cards.indexOf(shown[next]);
  shown[next].focus({ preventScroll: true });
  shown[next].scrollIntoView({ block: "start" });
}
document.addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  if (card) current = cards.indexOf(card);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  const typing = event.target.matches("input[type=search], select, textarea");
  if (event.key === "Escape" && (typing || !fields.clear.disabled)) {
    clear();
    fields.search.blur();
  } else if (typing) {
    return;
  } else if (event.key === "/") {
    event.preventDefault();
    fields.search.focus();
  } else if (event.key === "j" || event.key === "ArrowRight") {
    step(1);
  } else if (event.key === "k" || event.key === "ArrowLeft") {
    step(-1);
  }
});

$("#theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset.theme ?? (dark ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  try {
    localStorage.setItem("visage-theme", root.dataset.theme);
  } catch {
    // Not kept for next time, then.
  }
});

$("#copy")?.addEventListener("click", async (event) => {
  const command = event.target.previousElementSibling;
  try {
    await navigator.clipboard.writeText(command.textContent);
    event.target.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(command);
  }
});

filter(); // a browser that goes back keeps what was typed
