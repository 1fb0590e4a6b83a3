/* Lever opptak, Legg til opptak: choosing files, sending them one after the other, and handing all in with what is typed. */
import { Draft, draftKey } from "./draft.js";
import { drawnValue } from "./drawn.js";
import { FileRow } from "./filerow.js";
import { keepAwake } from "./awake.js";

const form = document.querySelector("form.handin");
const find = (selector) => form.querySelector(selector);

/* Whether somebody changed a field since the server drew it. */
function isTouched(field) {
  return field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== drawnValue(field);
}

class Page {
  constructor() {
    this.token = find("[name=csrf_token]").value;
    this.list = find("#chosen");
    this.rows = [];
    this.pending = false;
    this.sent = false;
    const planned = find("[name=fra]")?.value;
    this.draft = new Draft(draftKey(form.dataset.user, planned));
    try { sessionStorage.setItem("lever-fra", planned || ""); } catch { /* then the draft stays until it is old */ }
    form.classList.add("is-live");
    find("#files").removeAttribute("name");
    this.adoptRows();
    if (form.dataset.fresh === "yes") this.restore();
    this.listen();
    this.takeWhatCameFirst();
    this.redraw();
  }

  /* What was ticked and chosen before this script ran, on a thin line or a slow machine. */
  takeWhatCameFirst() {
    for (const box of form.querySelectorAll("#waiting [name=upload]:checked")) this.take({ target: box });
    const input = find("#files");
    if (input.files.length) this.chooseFrom(input);
  }

  listen() {
    find("#choose").addEventListener("click", () => find("#files").click());
    find("#files").addEventListener("change", (event) => this.chooseFrom(event.target));
    const drop = find("#drop");
    for (const name of ["dragenter", "dragover"]) document.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    for (const name of ["dragleave", "drop"]) document.addEventListener(name, (event) => { event.preventDefault(); drop.classList.remove("is-over"); });
    document.addEventListener("drop", (event) => this.choose([...event.dataTransfer.files]));
    form.addEventListener("input", () => { this.save(); this.offerNames(); });
    form.addEventListener("change", () => this.redraw());
    form.addEventListener("click", (event) => this.addPerson(event));
    form.addEventListener("submit", (event) => this.submit(event));
    find("#waiting")?.addEventListener("change", (event) => this.take(event));
    addEventListener("beforeunload", (event) => { if (!this.sent && this.rows.some((row) => row.isUnderWay)) event.preventDefault(); });
    find("#keep-awake").addEventListener("change", () => this.redraw());
  }

  /* Rows that the server drew: chosen ones come with a form that failed, waiting ones from an earlier day. */
  adoptRows() {
    for (const element of [...this.list.children]) this.rows.push(this.chosen(element));
    for (const element of form.querySelectorAll("#waiting .file")) new FileRow(element, this);
  }

  chosen(element) {
    const row = new FileRow(element, this);
    this.list.append(element);
    element.querySelector(".include input")?.setAttribute("checked", "");
    return row;
  }

  isChosen(row) { return this.list.contains(row.element); }

  /* A tick at a waiting file takes it along. */
  take(event) {
    if (event.target.name !== "upload" || !event.target.checked) return;
    const row = this.chosen(event.target.closest(".file"));
    this.rows.push(row);
    row.drawButtons();
    this.redraw();
    this.save();
    this.tidyWaiting();
  }

  chooseFrom(input) {
    this.choose([...input.files]);
    input.value = "";
  }

  choose(files) {
    for (const file of files) {
      const same = this.rows.some((row) => row.file?.name === file.name && row.file.size === file.size && row.file.lastModified === file.lastModified);
      if (same) { this.announce(`${file.name} er valgt fra før.`); continue; }
      const row = FileRow.of(file, document.querySelector("#file-template"), this);
      this.list.append(row.element);
      this.rows.push(row);
      row.drawButtons();
      if (file.size === 0) row.refuse("Filen er tom. Se etter på opptakeren om opptaket ligger i en annen fil.");
    }
    this.redraw();
    this.next();
    if (files.length) this.announce(files.length === 1 ? `${files[0].name} er valgt.` : `${files.length} filer er valgt.`);
  }

  /* One file at a time: on a thin line the first is then whole soon. */
  next() {
    if (this.rows.some((row) => ["sending", "waiting"].includes(row.state))) return;
    this.rows.find((row) => row.state === "queued")?.start();
  }

  resume(row) {
    row.state = row.element.dataset.state = "queued";
    row.show("Venter på tur");
    row.drawButtons();
    this.redraw();
    this.next();
  }

  named(row) {
    for (const old of form.querySelectorAll(`#waiting [data-upload="${row.id}"]`)) old.remove();
    this.tidyWaiting();
    this.save();
  }

  changed() {
    this.redraw();
    this.next();
    if (this.pending) this.tryToSend();
  }

  moved(row, steps) {
    const at = this.rows.indexOf(row);
    const to = at + steps;
    if (to < 0 || to >= this.rows.length) return;
    this.rows.splice(to, 0, ...this.rows.splice(at, 1));
    const word = steps < 0 ? "Flytt opp" : "Flytt ned";
    this.list.replaceChildren(...this.rows.map((each) => each.element));
    this.redraw();
    this.save();
    const buttons = [...row.element.querySelectorAll(".file-actions button:not([hidden])")];
    (buttons.find((each) => each.firstChild.textContent === word) ?? buttons[0])?.focus();
    this.announce(`${row.name} er nå nummer ${to + 1} av ${this.rows.length}.`);
  }

  removed(row) {
    const focus = row.element.contains(document.activeElement);
    row.element.remove();
    this.rows = this.rows.filter((each) => each !== row);
    this.announce(`${row.name} er fjernet.`);
    this.tidyWaiting();
    this.redraw();
    this.save();
    this.next();
    if (focus) find("#choose").focus();
  }

  tidyWaiting() {
    const waiting = find("#waiting");
    if (waiting && !waiting.querySelector(".file")) waiting.remove();
  }

  redraw() {
    form.classList.toggle("has-several", this.rows.length > 1);
    form.classList.toggle("is-one-time", this.rows.length > 1 && find("[name=order][value=one_time]").checked);
    this.rows.forEach((row, index) => row.placeAmong(index, this.rows.length));
    const choose = find("#choose");
    choose.textContent = this.rows.length ? "Velg flere filer" : "Velg opptak";
    choose.classList.toggle("quiet", this.rows.length > 0); // one red button at a time
    find("#send").classList.toggle("quiet", this.rows.length === 0);
    const underWay = this.rows.some((row) => ["sending", "waiting", "queued"].includes(row.state));
    keepAwake(underWay, find("#awake"), find("#awake-advice"));
  }

  announce(sentence) { find("#announce").textContent = sentence; }

  /* --- what is typed --- */

  save() { this.draft.write(form, this.rows.map((row) => row.id).filter(Boolean)); }

  restore() {
    const kept = this.draft.read();
    if (!kept) return;
    for (const id of kept.uploads ?? []) {
      const box = form.querySelector(`#waiting [data-upload="${CSS.escape(id)}"] [name=upload]`);
      if (box) { box.checked = true; this.take({ target: box }); }
    }
    for (const [name, values] of Object.entries(kept.fields)) this.fill(name, values);
    this.offerNames();
  }

  fill(name, values) {
    const fields = () => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    if (fields().some(isTouched)) return; // typed before this script ran: that is newer
    const people = find(`[data-people="${CSS.escape(name)}"]`);
    if (people) for (let n = people.querySelectorAll("input").length; n < values.length; n += 1) this.onePersonMore(people);
    const inputs = fields();
    if (inputs[0]?.type === "radio") { for (const each of inputs) each.checked = each.value === values[0]; return; }
    inputs.forEach((each, index) => { if (values[index] !== undefined) each.value = values[index]; });
  }

  addPerson(event) {
    const press = event.target.closest("button[name=more]");
    if (!press) return;
    event.preventDefault();
    this.onePersonMore(press.closest("[data-people]")).focus();
  }

  onePersonMore(people) {
    const inputs = people.querySelectorAll("input");
    const last = inputs[inputs.length - 1];
    const added = last.cloneNode();
    added.value = "";
    for (const name of ["id", "required", "aria-invalid"]) added.removeAttribute(name);
    added.setAttribute("aria-label", `${people.querySelector("legend").textContent} ${inputs.length + 1}`);
    last.after(added);
    return added;
  }

  offerNames() {
    const people = [...form.querySelectorAll(".people input")];
    if (!people.length) return; // an interview that is there: the server knows its people
    const names = people.map((each) => each.value.trim()).filter(Boolean);
    const list = find("#known-names");
    list.replaceChildren(...[...new Set(names)].map((name) => Object.assign(document.createElement("option"), { value: name })));
  }

  /* --- handing in --- */

  missing() {
    const missing = [];
    if (!this.rows.length) missing.push([find("#choose"), "Velg opptaket du vil levere."]);
    for (const row of this.rows) {
      if (row.state === "refused") missing.push([row.element.querySelector(".file-actions button:last-child"), `${row.name} kan ikke leveres. Fjern filen, og velg eventuelt en annen.`]);
      if (["failed", "paused"].includes(row.state)) missing.push([row.element.querySelector(".file-actions button:last-child"), `${row.name} er ikke lastet opp. Trykk Fortsett eller Fjern ved filen.`]);
      if (row.state === "partial") missing.push([find("#choose"), `${row.name} er bare delvis lastet opp. Velg den samme filen igjen.`]);
    }
    const words = { title: "Gi intervjuet en tittel.", narrators: "Skriv hvem som forteller.", held_on: "Skriv hvilken dag intervjuet ble holdt." };
    for (const [name, sentence] of Object.entries(words)) {
      const inputs = [...form.querySelectorAll(`[name=${name}]`)];
      if (inputs.length && !inputs.some((each) => each.value.trim())) missing.push([inputs[0], sentence]);
    }
    return missing;
  }

  submit(event) {
    event.preventDefault();
    if (this.sent) return;
    this.pending = true;
    this.tryToSend();
  }

  tryToSend() {
    const missing = this.missing();
    this.showMissing(missing);
    if (missing.length) { this.stopWaiting(); return; }
    const underWay = this.rows.filter((row) => row.isUnderWay);
    if (underWay.length) { this.showWaiting(); return; }
    this.send();
  }

  showMissing(missing) {
    const box = document.querySelector("#missing");
    document.querySelector("[data-problems]")?.remove();
    for (const old of form.querySelectorAll(".field > .problem")) old.remove();
    for (const old of form.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid");
    box.hidden = missing.length === 0;
    box.querySelector("ul").replaceChildren(...missing.map(([where, sentence]) => this.problemAt(where, sentence)));
    if (missing.length) { box.scrollIntoView({ block: "center" }); box.focus({ preventScroll: true }); }
  }

  /* The sentence at its field, and a line for the list at the top that leads there. */
  problemAt(where, sentence) {
    if (where?.name) {
      const problem = Object.assign(document.createElement("p"), { className: "problem", id: `${where.name}-problem`, textContent: sentence });
      where.after(problem);
      where.setAttribute("aria-invalid", "true");
      where.setAttribute("aria-describedby", `${where.name}-hint ${problem.id}`);
    }
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: "#", textContent: sentence });
    link.addEventListener("click", (event) => { event.preventDefault(); where?.focus(); });
    item.append(link);
    return item;
  }

  showWaiting() {
    const box = find("#pending");
    if (!box.hidden) return;
    const words = Object.assign(document.createElement("p"), { textContent: "Alt er fylt ut. Opptaket leveres av seg selv når opplastingen er ferdig. La siden stå åpen." });
    const stop = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet small", textContent: "Vent med å levere" });
    stop.addEventListener("click", () => { this.stopWaiting(); find("#send").focus(); });
    box.replaceChildren(words, stop);
    box.hidden = false;
    find("#send").hidden = true;
  }

  stopWaiting() {
    this.pending = false;
    find("#pending").hidden = true;
    find("#send").hidden = false;
  }

  send() {
    this.sent = true;
    this.save();
    for (const old of form.querySelectorAll("[name=upload]")) old.remove();
    for (const row of this.rows) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "upload", value: row.id }));
    const box = find("#pending");
    box.replaceChildren(Object.assign(document.createElement("p"), { textContent: "Opptaket kontrolleres og lagres. Vent litt …" }));
    box.hidden = false;
    find("#send").hidden = true;
    form.submit();
  }
}

if (form && globalThis.tus?.isSupported) {
  const page = new Page();
  /* The browser's way back shows the page as it was left: ready to be sent once more. */
  addEventListener("pageshow", (event) => { if (event.persisted) { page.sent = false; page.stopWaiting(); } });
}
