// Correcting where the line stands: keys, hearing just that line, and a draft that survives whatever happens.

import { clock, kept } from "./clock.js";
import { drawnValue } from "./drawn.js";

const DRAFT_DAYS = 30;
const FORM = "form.correct-form";
const fields = (form) => ({ text: form.elements.text.value, speaker: form.elements.speaker.value, other: form.elements.other_name.value });
const drawn = ({ elements: { text, speaker, other_name } }) => ({ text: drawnValue(text), speaker: drawnValue(speaker), other: drawnValue(other_name) });
const keyOf = (element) => `utkast:${element.dataset.user}:${element.dataset.line}`;
const hourNow = () => new Date().toLocaleTimeString("nb-NO", { hour: "2-digit", minute: "2-digit" });

// --- drafts

function readDraft(key) {
  try {
    return JSON.parse(kept.get(key));
  } catch {
    return null;
  }
}

function keepDraft(form) {
  if (!form.isConnected) return; // saved while the last letters waited to be kept
  const now = fields(form);
  if (JSON.stringify(now) === form.dataset.opened) return kept.remove(keyOf(form));
  const draft = { ...now, version: form.elements.base_version.value, at: Date.now() };
  const note = form.querySelector("[data-part=draft]");
  if (kept.set(keyOf(form), JSON.stringify(draft))) note.textContent = `Utkast tatt vare på kl. ${hourNow()}. Ikke lagret ennå.`;
}

/** Bring what was typed before, and never saved, to a form that opens. What was typed before this script ran, stays. */
function openDraft(form) {
  form.dataset.opened = JSON.stringify(drawn(form));
  const isTyped = JSON.stringify(fields(form)) !== form.dataset.opened;
  const draft = readDraft(keyOf(form));
  const isDraft = draft?.text !== undefined;
  const note = form.querySelector("[data-part=draft]");
  if (isDraft && isTyped && draft.text !== form.elements.text.value) {
    note.textContent = `Du skrev også noe ${whenOf(draft)}, men lagret det ikke. `;
    note.append(button("Hent det fram", () => bringDraft(form, draft)));
  } else if (isDraft) bringDraft(form, draft);
  else if (isTyped) keepDraft(form);
}

function bringDraft(form, draft) {
  const note = form.querySelector("[data-part=draft]");
  form.elements.text.value = draft.text;
  form.elements.speaker.value = draft.speaker;
  form.elements.other_name.value = draft.other;
  form.elements.base_version.value = draft.version; // saved on what it was written from: a change since then is shown
  note.textContent = `Her er det du skrev ${whenOf(draft)}, men ikke lagret. `;
  const drop = () => {
    kept.remove(keyOf(form));
    form.querySelector("[data-cancel]").click();
  };
  note.append(button("Forkast utkastet", drop));
}

const whenOf = (draft) => new Date(draft.at).toLocaleString("nb-NO", { dateStyle: "long", timeStyle: "short" });

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn plain small", textContent: words });
  made.addEventListener("click", act);
  return made;
}

/** On the page of an interview: forget drafts that were saved after all, and say where there are others. */
function tellOfDrafts() {
  const place = document.querySelector("[data-drafts]");
  if (!place) return;
  const mine = `utkast:${place.dataset.user}:`;
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith("utkast:"))) {
    const draft = readDraft(key);
    const old = Date.now() - (draft?.at ?? 0) > DRAFT_DAYS * 86_400_000;
    if (!draft || old) kept.remove(key);
    if (!draft || old || !key.startsWith(mine)) continue;
    const line = document.getElementById(`linje-${key.slice(mine.length)}`);
    const words = line?.querySelector(".words");
    if (!words || line.querySelector(".draft-here")) continue;
    if (words.textContent.trim() === draft.text.trim()) kept.remove(key);
    else {
      const tag = document.createElement("span");
      tag.className = "tag warn draft-here";
      tag.textContent = "du har et utkast her";
      line.querySelector(".line-tools")?.prepend(tag);
    }
  }
}

// --- hearing one line

let until = null;

function hear(form) {
  const audio = document.getElementById("lyd") ?? document.querySelector("audio");
  const line = form.closest(".line");
  if (!audio.paused && until !== null) return audio.pause();
  audio.currentTime = Number(line.dataset.ms) / 1000;
  until = Number(line.dataset.end) / 1000;
  audio.play();
  const watch = () => {
    if (audio.currentTime >= until || audio.paused) {
      audio.pause();
      until = null;
    } else requestAnimationFrame(watch);
  };
  audio.addEventListener("playing", watch, { once: true });
}

// --- names

/** Put a suggested name where something else was heard; the word for who lives there keeps its small letter. */
function putIn(button) {
  const { heard, name } = button.dataset;
  const text = button.form.elements.text;
  const pattern = new RegExp(heard.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "giu");
  text.value = text.value.replace(pattern, (was, at, whole) => {
    const dweller = /^\p{L}{2}/u.test(whole.slice(at + was.length)) && was[0] === was[0].toLowerCase();
    return dweller ? name[0].toLowerCase() + name.slice(1) : name;
  });
  button.closest(".wonder").remove();
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

/** Write what else the machine heard in the box; it is saved by who has heard it, as anything typed. */
function use(link) {
  const { text } = link.closest("form").elements;
  text.value = link.parentElement.querySelector("q").textContent;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

// --- opening

function open(form) {
  if (form.dataset.open) return;
  form.dataset.open = "1";
  openDraft(form);
  const line = form.closest(".line");
  const button = form.querySelector("[data-hear]");
  button.hidden = !document.querySelector("audio");
  button.setAttribute("aria-label", `Hør linjen fra ${clock(Number(line.dataset.ms))}`);
  for (const each of form.querySelectorAll("[data-put-in]")) each.hidden = false;
  const speaker = form.elements.speaker;
  const showOther = () => form.classList.toggle("has-other", speaker.value === "annen");
  speaker.addEventListener("change", showOther);
  showOther();
  form.classList.add("is-alive");
  const text = form.elements.text;
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 6}px`;
  };
  form.addEventListener("input", () => {
    grow();
    clearTimeout(form.waiting);
    form.waiting = setTimeout(() => keepDraft(form), 300);
  });
  grow();
  if (!form.contains(document.activeElement)) text.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function openAll() {
  document.querySelectorAll(FORM).forEach(open);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hear]");
  if (button?.form) hear(button.form);
  const name = event.target.closest("[data-put-in]");
  if (name) putIn(name);
  const other = event.target.closest("[data-use]");
  if (other && !event.ctrlKey && !event.metaKey) {
    event.preventDefault(); // without scripts the link opens the form with these words in it
    use(other);
  }
  const leave = event.target.closest("[data-give-up]");
  if (leave) kept.remove(keyOf(leave));
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest(FORM);
  if (!form) return;
  if (event.key === "Escape") {
    event.preventDefault();
    clearTimeout(form.waiting);
    keepDraft(form);
    form.querySelector("[data-cancel]").click();
  } else if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    form.querySelector("[value=neste]").click(); // a click: htmx sends the name of the button that was clicked
  }
});

// The last letters typed are kept too, also when the page is left or the plain form is sent.
const keepAll = () => document.querySelectorAll(FORM).forEach((form) => form.dataset.opened && keepDraft(form));
addEventListener("pagehide", keepAll);
document.addEventListener("submit", (event) => event.target.matches(FORM) && keepDraft(event.target));

// --- htmx

const trouble = (form, words) => {
  const note = form?.querySelector("[data-part=draft]");
  if (note) note.textContent = words;
};

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  const form = requestConfig.elt.closest?.("form[data-line]");
  if (!form) return;
  const ours = new URL(xhr.responseURL, location.href).pathname.startsWith("/linje/");
  if ([409, 422].includes(xhr.status) && ours) event.detail.shouldSwap = true;
  else if (xhr.status >= 400 || !ours) {
    event.detail.shouldSwap = false;
    const out = [400, 401, 403].includes(xhr.status) || !ours;
    trouble(form, out ? "Du er logget ut. Det du skrev, er tatt vare på i nettleseren. Logg inn i en ny fane, og lagre igjen." : "Serveren svarte ikke som den skulle. Det du skrev, er tatt vare på i nettleseren. Prøv igjen om litt.");
  } else kept.remove(keyOf(form)); // saved
});
document.addEventListener("htmx:sendError", (event) => {
  trouble(event.detail.requestConfig.elt.closest?.("form[data-line]"), "Ingen kontakt med serveren. Det du skrev, er tatt vare på i nettleseren. Prøv igjen om litt.");
});
document.addEventListener("htmx:afterSettle", (event) => {
  openAll();
  tellOfDrafts();
  const line = event.detail.elt?.closest?.(".line") ?? event.detail.elt;
  if (document.querySelector(FORM)) return;
  if (line?.classList?.contains("conflict")) line.querySelector("[role=alert]").focus();
  else if (line?.classList?.contains("line")) line.querySelector(".correct")?.focus();
});

openAll();
tellOfDrafts();
