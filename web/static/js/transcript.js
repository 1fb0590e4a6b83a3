// The text that follows the sound.
//
// Four hours are some 40 000 words, so a line arrives as plain text with one attribute that says where its words begin
// (`data-w="0 320 640?"`: milliseconds after the line's own start, a word between two spaces each, `?` for doubt). A
// line's words become elements when it comes near the screen or is played; one listener serves them all.

import { lastNotAfter } from "./clock.js";

const NEAR = "600px"; // how far outside the screen a line gets its words

/** The words of a line as elements, made once. */
export function wordsOf(line) {
  const text = line.querySelector(".words");
  if (!text || !line.dataset.w) return [];
  if (line.dataset.made) return [...text.querySelectorAll("[data-start]")];
  const said = text.textContent.trim().split(" ");
  const pieces = document.createDocumentFragment();
  line.dataset.w.split(" ").forEach((mark, i) => {
    const word = document.createElement("span");
    word.dataset.start = Number(line.dataset.ms) + Number.parseInt(mark, 10);
    if (mark.endsWith("?")) word.className = "doubt";
    word.textContent = said[i];
    if (i) pieces.append(" ");
    pieces.append(word);
  });
  text.replaceChildren(pieces);
  line.dataset.made = "1";
  return [...text.querySelectorAll("[data-start]")];
}

export class Transcript {
  /** `onWord(ms)` is called when the reader asks to hear a word. */
  constructor(root, onWord) {
    this.root = root;
    this.follow = true;
    this.away = false; // the reader has scrolled away from what sounds
    this.onAway = () => {};
    this.near = new IntersectionObserver((seen) => seen.forEach((each) => each.isIntersecting && wordsOf(each.target)), {
      rootMargin: NEAR,
    });
    this.read();
    root.addEventListener("click", (event) => {
      const word = event.target.closest("[data-start]");
      if (word && !getSelection().toString()) onWord(Number(word.dataset.start));
    });
  }

  /** Take in the lines as they stand now; called again whenever some were added or changed. */
  read() {
    this.near.disconnect();
    // A line without an end is one of a text that does not say when things are said.
    this.lines = [...this.root.querySelectorAll(".line[data-ms]")].filter((line) => Number(line.dataset.end));
    this.starts = this.lines.map((line) => Number(line.dataset.ms));
    this.lines.forEach((line) => this.near.observe(line));
    this.line = null;
    this.word = null;
  }

  lineAt(ms) {
    return this.lines[lastNotAfter(this.starts, ms)] ?? null;
  }

  /** Mark the word that sounds at `ms`. `asked`: the reader chose this place, so the page goes there. */
  at(ms, { asked = false } = {}) {
    const line = this.lineAt(ms);
    if (asked) this.setAway(false);
    if (line !== this.line) this.enter(line, asked);
    else if (asked && line) this.bring(line);
    this.mark(line && ms < Number(line.dataset.end) + 1000 ? this.wordAt(line, ms) : null);
  }

  wordAt(line, ms) {
    const words = wordsOf(line);
    return words[lastNotAfter(words.map((word) => Number(word.dataset.start)), ms)] ?? null;
  }

  mark(word) {
    if (word === this.word) return;
    this.word?.classList.remove("now");
    word?.classList.add("now");
    this.word = word;
  }

  enter(line, asked) {
    const before = this.line;
    this.line = line;
    if (!line) return;
    if (!asked && before?.isConnected && this.follow && !this.onScreen(before)) this.setAway(true);
    if (asked || (this.follow && !this.away)) this.bring(line);
  }

  setAway(away) {
    if (this.away === away) return;
    this.away = away;
    this.onAway(away);
  }

  top() {
    const player = document.querySelector(".player");
    const box = player?.getBoundingClientRect();
    return box && box.top <= 1 ? Math.max(0, box.bottom) : 0;
  }

  onScreen(line) {
    const box = line.getBoundingClientRect();
    return box.bottom > this.top() && box.top < innerHeight;
  }

  /** Scroll the line to a third of the free height, unless it stands well already or somebody is typing in the page. */
  bring(line) {
    if (this.root.querySelector(".line.editing")?.contains(document.activeElement)) return;
    const box = line.getBoundingClientRect();
    const top = this.top();
    if (box.top >= top + 8 && box.bottom <= innerHeight - 60) return;
    const wanted = top + (innerHeight - top) / 3;
    scrollBy({ top: box.top - wanted, behavior: "instant" });
    // Lines that were never on the screen have a guessed height: look again when they are laid out.
    requestAnimationFrame(() => {
      const now = line.getBoundingClientRect();
      if (now.top < this.top() || now.bottom > innerHeight) scrollBy({ top: now.top - wanted, behavior: "instant" });
    });
  }
}
