// The list of chapters: the one that sounds is marked, and those who write them do it without leaving the sound.

import { lastNotAfter } from "./clock.js";

const section = () => document.getElementById("kapitler");
const isOurs = (element) => Boolean(element?.closest?.("#kapitler"));

export class Chapters {
  constructor() {
    this.read();
  }

  /** Take in the list as it stands now; called again whenever it was changed. */
  read() {
    this.items = [...document.querySelectorAll("#kapitler .chapter")];
    this.starts = this.items.map((item) => Number(item.dataset.ms));
    this.current = this.items.find((item) => item.classList.contains("current")) ?? null;
  }

  /** Mark the one that `ms` lies in. */
  at(ms) {
    const item = this.items[lastNotAfter(this.starts, ms)] ?? null;
    const current = item && ms < Number(item.dataset.end) ? item : null;
    if (current === this.current) return;
    this.mark(this.current, false);
    this.mark(current, true);
    this.current = current;
  }

  mark(item, is) {
    item?.classList.toggle("current", is);
    if (is) item?.querySelector(".place").setAttribute("aria-current", "true");
    else item?.querySelector(".place").removeAttribute("aria-current");
  }
}

// --- the form, in the page

function say(words) {
  const note = section()?.querySelector("[data-part=said]");
  if (note) note.textContent = words;
}

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches("[data-at-second]")) return;
  event.detail.parameters.fra = String(Math.floor(document.getElementById("lyd")?.currentTime ?? 0));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!isOurs(requestConfig.elt)) return;
  const answersUs = new URL(xhr.responseURL, location.href).pathname.includes("/kapittel/");
  if ([409, 422].includes(xhr.status) && answersUs) {
    event.detail.shouldSwap = true;
    event.detail.target = document.getElementById("kapittelskjema");
    event.detail.swapOverride = "innerHTML";
  } else if (xhr.status >= 400 || !answersUs) {
    event.detail.shouldSwap = false;
    const out = [400, 401, 403].includes(xhr.status) || !answersUs;
    say(out ? "Du er logget ut. Logg inn i en ny fane, og trykk Lagre igjen." : "Serveren svarte ikke som den skulle. Prøv igjen om litt.");
  }
});

document.addEventListener("htmx:sendError", (event) => {
  if (isOurs(event.detail.requestConfig.elt)) say("Ingen kontakt med serveren. Det du skrev, står her. Prøv igjen om litt.");
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!isOurs(event.target)) return;
  const form = section().querySelector(".chapter-form");
  const fresh = section().querySelector("[data-fresh]");
  const undo = section().querySelector("[data-undo] button");
  if (form) (form.querySelector("[role=alert], [aria-invalid=true]") ?? form.querySelector("[name=title]")).focus();
  else if (fresh) fresh.querySelector("a")?.focus();
  else undo?.focus();
  fresh?.removeAttribute("data-fresh");
});

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  const place = document.getElementById("kapittelskjema");
  if (!close || !place?.contains(close)) return; // on the form's own page it is a link
  event.preventDefault();
  place.replaceChildren();
  section().querySelector("[data-at-second]").focus();
});
