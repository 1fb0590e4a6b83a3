// What every page can do: open the menu on a phone, copy a link, show a password, prove to the server that a request is ours, and take
// a double click for one. Everything works without it.

const token = document.querySelector('meta[name="csrf-token"]')?.content;

document.body.addEventListener("htmx:configRequest", (event) => {
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

const menuButton = document.querySelector("[data-menu-button]");
menuButton?.addEventListener("click", () => {
  const menu = document.getElementById(menuButton.getAttribute("aria-controls"));
  const open = menu.classList.toggle("is-open");
  menuButton.setAttribute("aria-expanded", String(open));
});

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const said = document.getElementById(button.getAttribute("aria-describedby"));
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = "Kopiert.";
  } catch {
    // Without HTTPS the browser keeps the clipboard to itself; the text is marked, ready for the keyboard.
    said.textContent = "Teksten er merket. Trykk Ctrl og C for å kopiere.";
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

const TWICE_MS = 2000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  const before = Number(form.dataset.sentAt ?? 0);
  if (event.timeStamp - before < TWICE_MS && before > 0) event.preventDefault();
  else form.dataset.sentAt = String(event.timeStamp);
});

// Three words are long to type blind: who sits alone may look at them.
for (const field of document.querySelectorAll("main input[type=password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn plain small";
  button.textContent = "Vis passordet";
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "Skjul passordet" : "Vis passordet";
    field.focus();
  });
  field.after(button);
  field.form.addEventListener("submit", () => { field.type = "password"; }); // browsers offer to remember only those
}

const isInAField = document.activeElement?.matches("main input, main textarea, main select"); // typing already: the script came late
if (!isInAField) document.querySelector("[data-problems]")?.focus();

// From here on what only this script can do answers to a press; base.css shows it no sooner.
document.documentElement.classList.add("is-ready");
