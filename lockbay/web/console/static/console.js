// Renews what is live every five seconds while somebody can see it. Without scripts the page is simply loaded again.
"use strict";

const PERIOD = 5000;

async function renew(part) {
  const answer = await fetch(part.dataset.live, { credentials: "same-origin", cache: "no-store" });
  if (answer.status === 401) {
    location.reload();
  } else if (answer.ok) {
    part.innerHTML = await answer.text();
    part.classList.remove("stale");
  } else {
    part.classList.add("stale");
  }
}

for (const part of document.querySelectorAll("[data-live]")) {
  setInterval(() => {
    if (document.visibilityState === "visible") {
      renew(part).catch(() => part.classList.add("stale"));
    }
  }, PERIOD);
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.method === "post") {
    const buttons = event.target.querySelectorAll("button");
    setTimeout(() => buttons.forEach((button) => { button.disabled = true; }));
  }
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
