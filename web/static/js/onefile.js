/* One file of a form: sent in pieces as soon as it is chosen, so that a large scan survives a thin line. */
import { Sending } from "./sending.js";

const form = document.querySelector("form.form[enctype]");
const input = form.querySelector("[data-one-file] input[type=file]");
const said = form.querySelector("[data-said]");
const send = form.querySelector("#send");
const token = form.querySelector("[name=csrf_token]").value;

let sending = null;
let under = false;

function show(words, mark = "") {
  said.textContent = words;
  said.className = mark || "note";
}

function done(id) {
  const box = document.createElement("input");
  box.type = "hidden";
  box.name = "upload";
  box.value = id;
  box.dataset.sent = "";
  input.after(box);
}

function forget() {
  sending?.remove();
  sending = null;
  for (const old of form.querySelectorAll("[data-sent]")) old.remove();
  for (const box of form.querySelectorAll("[name=upload][type=checkbox]")) box.checked = false;
}

async function check(id) {
  under = true;
  show("Lastet opp. Kontrolleres …");
  const body = new FormData();
  body.set("csrf_token", token);
  try {
    const answer = await fetch(`/dokumenter/kontroll/${id}`, { method: "POST", body });
    const words = await answer.text();
    if (answer.ok) { show(words); done(id); }
    else if (answer.status === 422) show(words, "problem");
    else done(id); // the form itself checks again
  } catch { done(id); }
  under = false;
}

function hear(mine, { state, sent, total, sentence }) {
  if (sending !== mine.is) return;
  if (state === "sending" && total) show(`${Math.floor((100 * sent) / total)} % er lastet opp`);
  if (state === "waiting") show("Nettet er borte. Opplastingen fortsetter av seg selv når det er tilbake.");
  if (state === "failed") { under = false; show(sentence, "problem"); }
  if (state === "whole") check(mine.is.id);
}

function begin() {
  forget();
  const [file] = input.files;
  if (!file) { show(""); return; }
  under = true;
  const mine = {};
  mine.is = sending = new Sending(file, { token, say: (news) => hear(mine, news) });
  show("Begynner");
  sending.start();
}

if (form && globalThis.tus?.isSupported) {
  form.classList.add("is-live");
  input.removeAttribute("name");
  for (const words of form.querySelectorAll(".plain-only")) words.hidden = true;
  input.addEventListener("change", begin);
  if (input.files.length) begin(); // chosen before this script ran
  form.addEventListener("submit", (event) => {
    if (!under) return;
    event.preventDefault();
    show("Vent til filen er lastet opp, så kan du levere.", "problem");
    send.focus();
  });
}
