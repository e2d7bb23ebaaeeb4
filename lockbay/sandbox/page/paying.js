"use strict";
// What the page of payments and the checkout share: paying to a place, and what was told of it.
const SUGGESTED = { USDT: "100", BTC: "0.002", ETH: "0.05", LTC: "1", DOGE: "500", TRX: "500", NGN: "10000" };
const MAIN_WAYS = 4;
const typed = new Map(), problems = new Map(), opened = new Set();
const naira = amount => `₦${Number(amount).toLocaleString("en-NG", { minimumFractionDigits: 2 })}`;

// Remembers where somebody types before a redraw, and gives what puts them back.
function held(root) {
  const input = document.activeElement?.closest?.("[data-to] .amount"), place = input?.closest("[data-to]").dataset.to, cursor = input?.selectionStart;
  return () => {
    const again = place && root.querySelector(`[data-to="${CSS.escape(place)}"] .amount`);
    if (again) { again.focus(); again.setSelectionRange(cursor, cursor); }
  };
}
function redraw() { dispatchEvent(new Event("redraw")); }
function payForm(place, ways) {
  const amount = h("input", { className: "amount", inputMode: "decimal", "aria-label": "Amount", value: typed.get(place.to) ?? (Number(place.expected) ? place.expected : SUGGESTED[place.coin]), oninput: event => typed.set(place.to, event.target.value) });
  const pay = how => call("/api/payments/pay", { to: place.to, amount: amount.value.trim(), how }).then(() => problems.delete(place.to), error => problems.set(place.to, error.message)).then(redraw);
  const button = ({ how, label }) => h("button", { type: "button", className: how === "exact" ? "go" : "", data: { how }, onclick: () => pay(how) }, label);
  const more = h("details", { className: "ways", open: opened.has(place.to), ontoggle: event => opened[event.target.open ? "add" : "delete"](place.to) },
    h("summary", {}, "Other ways to pay, and to be told"), h("div", { className: "pay" }, ...ways.slice(MAIN_WAYS).map(button)));
  return h("div", {}, h("div", { className: "pay" }, h("label", {}, amount, place.coin), ...ways.slice(0, MAIN_WAYS).map(button)), more, h("p", { className: "problem" }, problems.get(place.to) ?? ""));
}
function told(delivery) {
  const name = delivery.event + (delivery.copy ? ` (${delivery.copy} URL)` : ""), left = Math.round(delivery.due - Date.now() / 1000);
  const answer = (delivery.last ?? "").replace(/^\w*Error:.*/, "nobody answered");
  if (delivery.done) return h("div", { className: "told good" }, `✓ ${name}`, h("span", { className: "quiet" }, `the service said ${answer.replace(/^\d+ (?=.)/, "")}`), delivery.tries > 1 && h("span", { className: "quiet" }, `at try ${delivery.tries}`));
  if (delivery.failed) return h("div", { className: "told bad" }, `✕ ${name}`, h("span", { className: "quiet" }, `${answer || "not told"} · given up`));
  const when = left > 0 ? `in ${left} s` : "now";
  return h("div", { className: delivery.tries ? "told bad open" : "told wait open" }, delivery.tries ? `${name}: ${answer} · try ${delivery.tries + 1} ${when}` : `${name}: ${when}`,
    h("button", { type: "button", className: "again", onclick: () => call("/api/payments/confirm", { uuid: delivery.uuid }) }, "Send now"));
}
function paid(payment) {
  const open = payment.deliveries.some(delivery => !delivery.done && !delivery.failed);
  return h("div", { className: "paid", data: { uuid: payment.uuid } },
    h("div", { className: "told" }, h("b", { className: "value" }, `${payment.value} ${payment.coin}`), h("span", { className: "quiet" }, payment.forged ? `never sent: forged ${moment(payment.at)}` : `sent ${moment(payment.at)}`),
      !open && !payment.forged && h("button", { type: "button", className: "again", onclick: () => call("/api/payments/resend", { uuid: payment.uuid }).then(redraw) }, payment.deliveries.length ? "Tell again" : "Tell now")),
    payment.deliveries.length ? null : h("div", { className: "told wait" }, "nobody was told; only who asks learns of it"), ...payment.deliveries.map(told));
}
// Counts down what is still to come.
function ticking() { setInterval(() => { if (document.querySelector(".told.open")) redraw(); }, 1000); }
