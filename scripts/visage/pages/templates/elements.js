// Elements made from data. Text is only ever set as text, so names that are markup stay text.
"use strict";

/** Make an element: el("a.who", {href: "#"}, "text", child, …). null children are left out. */
function el(kind, attributes, ...children) {
  const [tag, ...classes] = kind.split(".");
  const made = document.createElement(tag || "div");
  if (classes.length) made.className = classes.filter(Boolean).join(" ");
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, to] of Object.entries(value)) made.style.setProperty(key, to);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter(child => child !== null && child !== undefined && child !== ""));
  return made;
}

/** What a button says: names may be longer than it is wide. */
const label = words => el("span.label", {}, words);

/** 1 face, 2 faces, 1,000 faces. */
function plural(number, singular, several) {
  return `${number.toLocaleString("en")} ${number === 1 ? singular : several || singular + "s"}`;
}

/** A probability in per cent; never 0 % or 100 %, which no face can be. */
function percent(probability) {
  if (probability < 0.005) return "<1\u202f%";
  if (probability >= 0.995) return ">99\u202f%";
  return `${Math.round(100 * probability)}\u202f%`;
}

/** The same as people say it. */
function likely(probability) {
  return percent(probability).replace("<", "less than ").replace(">", "more than ") + " likely";
}
