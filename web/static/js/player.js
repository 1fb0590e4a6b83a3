// The player of an interview: one native <audio>, own buttons with words, and the text that follows.

import { Chapters } from "./chapters.js";
import { clock, clockInWords, kept } from "./clock.js";
import { Transcript } from "./transcript.js";
import { Waveform } from "./waveform.js";

const SPEED = "fart"; // keys of what the browser keeps
const KEYS = "hurtigtaster";
const FOLLOW = "folg";
const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
const typing = (element) => element.closest("input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]");

class Player {
  constructor(root) {
    this.root = root;
    this.audio = part(root, "audio");
    this.durationMs = Number(root.dataset.durationMs);
    this.startMs = root.dataset.startMs ? Number(root.dataset.startMs) : null;
    this.waveform = new Waveform(part(root, "wave"), (fraction) => this.seek(fraction * this.durationMs));
    this.transcript = new Transcript(document.getElementById("utskrift"), (ms) => this.playFrom(ms));
    this.chapters = new Chapters();
    this.transcript.onAway = (away) => (part(root, "return").hidden = !away);
    this.shared = null;
    this.bindSound();
    this.bindButtons();
    this.bindShare();
    this.bindKeys();
    part(root, "controls").hidden = false;
    this.waveform.load(root.dataset.peaks);
    this.begin();
  }

  get ms() {
    return Math.round(this.audio.currentTime * 1000);
  }

  begin() {
    this.show();
    if (this.startMs === null) return;
    this.seek(this.startMs);
    const line = this.transcript.lineAt(this.startMs);
    line?.classList.add("target");
    const place = line?.closest(".turn")?.querySelector(".time");
    place?.focus({ preventScroll: true });
    if (this.root.dataset.play) this.play();
  }

  // --- sound

  bindSound() {
    const { audio } = this;
    for (const event of ["play", "pause", "ended", "seeked", "loadedmetadata"]) audio.addEventListener(event, () => this.show());
    audio.addEventListener("play", () => {
      this.startMs = null;
      this.setBlocked(false);
      this.tick();
    });
    audio.addEventListener("timeupdate", () => this.show());
    audio.addEventListener("error", () => (part(this.root, "trouble").hidden = false));
    audio.preservesPitch = true;
    navigator.mediaSession?.setActionHandler?.("seekbackward", () => this.seek(this.ms - 15000));
    navigator.mediaSession?.setActionHandler?.("seekforward", () => this.seek(this.ms + 30000));
  }

  /** While it plays the word is looked up at every picture; it costs two binary searches. */
  tick() {
    if (this.audio.paused) return;
    this.transcript.at(this.ms);
    requestAnimationFrame(() => this.tick());
  }

  async play() {
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === "NotAllowedError") this.setBlocked(true); // the browser wants a click first: the button says from where
    }
  }

  toggle() {
    if (this.audio.paused) this.play();
    else this.audio.pause();
  }

  seek(ms) {
    const to = Math.min(Math.max(0, ms), Math.max(0, this.durationMs - 100));
    this.audio.currentTime = to / 1000;
    this.transcript.at(to, { asked: true });
    this.show(to);
  }

  playFrom(ms) {
    this.seek(ms);
    this.play();
  }

  setBlocked(blocked) {
    this.blocked = blocked;
    this.show();
  }

  // --- what is shown

  show(at = this.ms) {
    const paused = this.audio.paused;
    const from = paused && this.startMs !== null ? ` fra ${clock(this.startMs)}` : "";
    part(this.root, "sign").textContent = paused ? "▶" : "❚❚";
    part(this.root, "play-word").textContent = paused ? `Spill${from}` : "Pause";
    part(this.root, "time").textContent = `${clock(at)} / ${clock(this.durationMs)}`;
    const slider = part(this.root, "seek");
    slider.value = String(at);
    const words = `${clockInWords(at)} av ${clockInWords(this.durationMs)}`;
    if (paused || document.activeElement !== slider) slider.setAttribute("aria-valuetext", words);
    this.waveform.at(this.durationMs ? at / this.durationMs : 0);
    this.chapters.at(at);
    if (paused) this.transcript.at(at);
  }

  // --- buttons

  bindButtons() {
    const { root, audio } = this;
    part(root, "play").addEventListener("click", () => this.toggle());
    part(root, "back").addEventListener("click", () => this.seek(this.ms - 15000));
    part(root, "ahead").addEventListener("click", () => this.seek(this.ms + 30000));
    part(root, "return").addEventListener("click", () => this.transcript.at(this.ms, { asked: true }));
    const slider = part(root, "seek");
    slider.addEventListener("input", () => this.seek(Number(slider.value)));
    slider.addEventListener("keydown", (event) => this.slide(event));
    const speed = part(root, "speed");
    if ([...speed.options].some((option) => option.value === kept.get(SPEED))) speed.value = kept.get(SPEED);
    const setSpeed = () => {
      audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
      kept.set(SPEED, speed.value);
    };
    speed.addEventListener("change", setSpeed);
    setSpeed();
    const follow = part(root, "follow");
    follow.checked = kept.get(FOLLOW) !== "nei";
    const setFollow = () => {
      this.transcript.follow = follow.checked;
      kept.set(FOLLOW, follow.checked ? "ja" : "nei");
      if (follow.checked && !audio.paused) this.transcript.at(this.ms, { asked: true });
      else this.transcript.setAway(false);
    };
    follow.addEventListener("change", setFollow);
    this.transcript.follow = follow.checked;
    part(root, "more").addEventListener("click", (event) => {
      const open = root.classList.toggle("more-open");
      event.currentTarget.setAttribute("aria-expanded", String(open));
    });
    document.addEventListener("click", (event) => {
      const time = event.target.closest(".time[data-ms]");
      if (!time || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.playFrom(Number(time.dataset.ms));
    });
  }

  /** Arrow keys move five seconds and Page Up and Down a minute: one step of a four-hour slider would be lost. */
  slide(event) {
    const step = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -60, PageUp: 60 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.seek(this.ms + step * 1000);
  }

  bindKeys() {
    const keys = document.getElementById("hurtigtaster");
    if (keys) {
      const keep = () => kept.set(KEYS, keys.checked ? "ja" : "nei");
      if (keys.checked !== keys.defaultChecked) keep(); // ticked before this script ran
      keys.checked = kept.get(KEYS) !== "nei";
      keys.addEventListener("change", keep);
    }
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || (keys && !keys.checked) || typing(event.target)) return;
      const onControl = event.target.closest("button, a, summary, input");
      if (event.key === " " && !onControl) this.toggle();
      else if (event.key === "k" || event.key === "K") this.toggle();
      else if (event.key === "j" || event.key === "J") this.seek(this.ms - 15000);
      else if (event.key === "l" || event.key === "L") this.seek(this.ms + 30000);
      else return;
      event.preventDefault();
    });
  }

  // --- a link to this very second

  bindShare() {
    const panel = part(this.root, "share");
    part(this.root, "share-open").addEventListener("click", () => {
      this.shared = Math.floor((this.startMs ?? this.ms) / 1000);
      panel.hidden = false;
      this.share();
    });
    part(this.root, "share-earlier").addEventListener("click", () => this.share(-10));
    part(this.root, "share-later").addEventListener("click", () => this.share(10));
    part(this.root, "share-close").addEventListener("click", () => {
      panel.hidden = true;
      part(this.root, "share-open").focus();
    });
  }

  async share(move = 0) {
    this.shared = Math.min(Math.max(0, this.shared + move), Math.floor(this.durationMs / 1000));
    const field = part(this.root, "share-link");
    field.value = `${location.origin}${this.root.dataset.address}?t=${this.shared}`;
    field.focus();
    field.select();
    let copied = false;
    try {
      await navigator.clipboard.writeText(field.value);
      copied = true;
    } catch {
      copied = document.execCommand?.("copy") ?? false; // without HTTPS there is no clipboard, but the old way works
    }
    const from = `Lenken begynner ${clock(this.shared * 1000)}.`;
    part(this.root, "share-said").textContent = copied ? `${from} Den er kopiert: lim den inn der du vil.` : `${from} Kopier den herfra.`;
  }
}

let player = null;

/** Start the player, also when it came after the page: the sound of a new recording is ready later than the page. */
function begin() {
  const root = document.querySelector("[data-player]");
  if (root && root !== player?.root) player = new Player(root);
}

begin();
document.addEventListener("htmx:afterSettle", (event) => {
  begin();
  player?.chapters.read();
  if (event.target.closest?.("#kapitler")) return player?.chapters.at(player.ms); // the text stands where it stood
  player?.transcript.read();
  player?.show();
});
