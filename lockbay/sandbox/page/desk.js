"use strict";
// What the pages of payments and mails share. Foreign text becomes text nodes only.
const hereIs = location.pathname;
function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name in element && name !== "style") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return element;
}
async function call(path, body) {
  const response = await fetch(path, body ? { method: "POST", body: JSON.stringify(body) } : {});
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}
const moment = seconds => new Date(seconds * 1000).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const copied = text => h("span", { className: "mono", title: "Copy", onclick: () => navigator.clipboard?.writeText(text) }, text);
// A link to the bot opens in the local chats; any other one goes out.
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, i) => {
    const bot = i % 2 && /^https?:\/\/(?:t|telegram)\.me\/\w+(?:\?start=([\w-]+))?$/.exec(part);
    if (bot) return h("a", { href: bot[1] ? `/?start=${bot[1]}` : "/" }, part);
    return i % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part;
  });
}
function header() {
  const pages = [["Chats", "/"], ["Payments", "/pay"], ["Payouts", "/payouts"], ["Mail", "/mail"]];
  const lock = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const parts = [["rect", { width: 32, height: 32, rx: 9, fill: "#1c7c6e" }], ["path", { d: "M10.5 14v-2.5a5.5 5.5 0 0 1 11 0V14", fill: "none", stroke: "#fff", "stroke-width": 2.6, "stroke-linecap": "round" }],
    ["rect", { x: 8, y: 13.5, width: 16, height: 11.5, rx: 3.4, fill: "#fff" }], ["circle", { cx: 16, cy: 19.2, r: 2.1, fill: "#1c7c6e" }]];
  lock.setAttribute("viewBox", "0 0 32 32");
  for (const [tag, attributes] of parts) {
    const part = document.createElementNS(lock.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    lock.append(part);
  }
  document.body.prepend(h("header", { className: "top" }, h("a", { className: "brand", href: "/" }, lock, h("span", {}, "LockBay ", h("small", {}, document.body.dataset.about))),
    h("nav", {}, ...pages.map(([name, href]) => h("a", { href, className: href === hereIs ? "here" : "" }, name)))));
}
// Draw now, and again whenever something of these kinds happens.
async function live(kinds, draw) {
  header();
  const { event } = await call("/api/people");
  await draw();
  document.body.dataset.ready = "true";
  const source = new EventSource(`/api/events?after=${event}`);
  source.onmessage = ({ data }) => { if (kinds.includes(JSON.parse(data).kind)) draw(); };
}
