/* One file of the hand-in as it is seen: its name, how far it has come, and what one can do with it. */
import { Pace, Sending, removeFromServer } from "./sending.js";

export function sizeInWords(bytes) {
  const units = ["byte", "kB", "MB", "GB"];
  let unit = 0;
  while (bytes >= 1000 && unit < 3) { bytes /= 1000; unit += 1; }
  const digits = bytes >= 10 || unit === 0 ? 0 : 1;
  return `${bytes.toFixed(digits).replace(".", ",").replace(/,0$/, "")} ${units[unit]}`;
}

function timeInWords(seconds) {
  if (seconds < 10) return "straks ferdig";
  if (seconds < 60) return "under ett minutt igjen";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `ca. ${minutes} min igjen`;
  return `ca. ${Math.floor(minutes / 60)} t ${minutes % 60} min igjen`;
}

function button(word, name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn quiet small";
  made.textContent = word;
  const whose = document.createElement("span");
  whose.className = "only-heard";
  whose.textContent = ` ${name}`;
  made.append(whose);
  made.addEventListener("click", act);
  return made;
}

export class FileRow {
  /* `page` is told by moved(row, steps), removed(row), changed(row) and announce(sentence); it holds the token. */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.status = element.querySelector(".file-status");
    this.bar = element.querySelector("progress");
    this.name = element.dataset.name ?? "";
    this.id = element.dataset.upload ?? null;
    this.state = element.dataset.state;
    this.pace = new Pace();
    this.drawButtons();
  }

  /* A file that was chosen just now. */
  static of(file, template, page) {
    const element = template.content.firstElementChild.cloneNode(true);
    element.dataset.name = file.name;
    element.querySelector(".file-name b").textContent = file.name;
    element.querySelector(".file-name .note").textContent = sizeInWords(file.size);
    element.querySelector("progress").setAttribute("aria-label", `Så mye av ${file.name} er lastet opp`);
    const row = new FileRow(element, page);
    row.file = file;
    row.sending = new Sending(file, { token: page.token, say: (news) => row.hear(news) });
    row.show("Venter på tur");
    return row;
  }

  get isWhole() { return this.state === "whole"; }
  get isUnderWay() { return ["queued", "sending", "waiting", "checking"].includes(this.state); }

  start() { this.pace.restart(); this.sending.start(); }

  hear({ state, sent, total, id, sentence }) {
    if (id) this.named(id);
    if (state === "sending" && sent !== undefined) this.showProgress(sent, total);
    if (state === this.state && state !== "failed") return;
    this.state = this.element.dataset.state = state;
    if (state === "sending" && sent === undefined) this.show("Begynner");
    if (state === "waiting") { this.pace.restart(); this.show("Nettet er borte. Opplastingen fortsetter av seg selv når det er tilbake."); }
    if (state === "paused") this.show("Satt på pause. Trykk Fortsett når det passer.");
    if (state === "failed") { this.show(sentence, "problem"); this.page.announce(`${this.name}: ${sentence}`); }
    if (state === "whole") { this.check(); return; }
    this.drawButtons();
    this.page.changed(this);
  }

  named(id) {
    if (this.id === id) return;
    this.id = this.element.dataset.upload = id;
    const speaker = this.element.querySelector(".speaker input");
    speaker.id = speaker.name = `speaker-${id}`;
    this.element.querySelector(".speaker label").htmlFor = speaker.id;
    this.page.named(this);
  }

  showProgress(sent, total) {
    this.pace.mark(sent);
    const percent = total ? Math.floor((100 * sent) / total) : 0;
    this.bar.value = percent;
    const left = this.pace.left(total);
    this.show([`${percent} %`, `${sizeInWords(sent)} av ${sizeInWords(total)}`, left === null ? "" : timeInWords(left)].filter(Boolean).join(" · "));
  }

  /* Whole: let the server read it through while the form is filled in. */
  async check() {
    this.state = this.element.dataset.state = "checking";
    this.bar?.remove();
    this.show("Lastet opp. Kontrolleres …");
    this.drawButtons();
    this.page.changed(this);
    const body = new FormData();
    body.set("csrf_token", this.page.token);
    try {
      const answer = await fetch(`/lever/kontroll/${this.id}`, { method: "POST", body });
      const words = await answer.text();
      if (answer.ok || answer.status === 422) this.showAnswer(words, answer.ok);
      else this.show("Lastet opp"); // the hand-in itself checks again
    } catch {
      this.show("Lastet opp");
    }
    if (this.state === "checking") this.state = this.element.dataset.state = "whole";
    this.page.announce(`${this.name}: ${this.status.textContent.trim()}`);
    this.drawButtons();
    this.page.changed(this);
  }

  /* It can never be received: say why, and leave only the way out. */
  refuse(sentence) {
    this.state = this.element.dataset.state = "refused";
    this.bar?.remove();
    this.show(sentence, "problem");
    this.page.announce(`${this.name}: ${sentence}`);
    this.drawButtons();
  }

  showAnswer(html, good) {
    this.status.innerHTML = html; // a fragment of our own server's, already escaped
    this.status.className = `file-status ${good ? "good" : "problem"}`;
    this.state = this.element.dataset.state = good ? "whole" : "refused";
  }

  show(words, mark = "") {
    this.status.className = `file-status ${mark}`;
    this.status.textContent = words;
  }

  async remove() {
    const begun = this.id && this.state !== "refused";
    if (begun && !confirm(`Fjerne ${this.name}? Angrer du, må filen lastes opp på nytt.`)) return;
    try {
      if (this.sending) await this.sending.remove();
      else await removeFromServer(`/tus/${this.id}`, { "X-CSRFToken": this.page.token });
    } catch {
      this.show("Filen lot seg ikke fjerne nå. Prøv igjen om litt.", "problem");
      return;
    }
    this.page.removed(this);
  }

  drawButtons() {
    const actions = this.element.querySelector(".file-actions");
    const held = actions.contains(document.activeElement) ? document.activeElement.firstChild.textContent : null;
    actions.replaceChildren();
    if (this.page.isChosen(this) && this.state !== "refused") {
      actions.append(button("Flytt opp", this.name, () => this.page.moved(this, -1)));
      actions.append(button("Flytt ned", this.name, () => this.page.moved(this, 1)));
    }
    if (this.sending && ["sending", "waiting", "queued"].includes(this.state)) actions.append(button("Pause", this.name, () => this.sending.pause()));
    if (this.sending && ["paused", "failed"].includes(this.state)) actions.append(button("Fortsett", this.name, () => this.page.resume(this)));
    if (this.id || this.sending) actions.append(button("Fjern", this.name, () => this.remove()));
    if (held) [...actions.children].find((each) => each.firstChild.textContent === held || (held === "Pause" && each.firstChild.textContent === "Fortsett") || (held === "Fortsett" && each.firstChild.textContent === "Pause"))?.focus();
  }

  /* The first file cannot go up, the last not down. */
  placeAmong(index, count) {
    for (const each of this.element.querySelectorAll(".file-actions button")) {
      const word = each.firstChild.textContent;
      if (word === "Flytt opp") each.hidden = index === 0;
      if (word === "Flytt ned") each.hidden = index === count - 1;
    }
  }
}
