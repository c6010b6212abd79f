"use strict";
// Elements are only ever made here, and text only ever set as text: nothing from the data can become markup.
const data = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of (children || []).flat(3)) {
    if (child === null || child === undefined || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const draw = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const byId = (id) => document.getElementById(id);
const counted = (count, noun) => count.toLocaleString("en") + " " + noun + (count === 1 ? "" : "s");

// Waits until typing pauses.
function settled(work) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(work, 120); };
}

// True when every word of the query stands in the text.
function matches(text, query) {
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
