// The picture of the sound. Decoration with a handle: the slider beside it does the same for keyboard and screen reader.

const BAR_PX = 3; // one bar and its gap; narrower ones flicker on a phone

/** Draw `peaks` (0..100) on `canvas` and answer clicks with a fraction of the whole. */
export class Waveform {
  constructor(canvas, onSeek) {
    this.canvas = canvas;
    this.peaks = [];
    this.fraction = 0;
    this.drawn = "";
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      onSeek(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    });
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  async load(url) {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) return; // no peaks yet: the page works without its picture
    this.peaks = (await answer.json()).peaks;
    this.canvas.hidden = false;
    this.draw();
  }

  at(fraction) {
    this.fraction = fraction;
    this.draw();
  }

  draw() {
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    if (!width || !this.peaks.length) return;
    const bars = Math.floor(width / BAR_PX);
    const heard = Math.round(this.fraction * bars);
    const style = getComputedStyle(this.canvas);
    const [past, ahead] = ["--act", "--wave"].map((name) => style.getPropertyValue(name).trim());
    const state = [width, height, heard, past, ahead, this.peaks.length].join();
    if (state === this.drawn) return;
    this.drawn = state;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    for (let bar = 0; bar < bars; bar += 1) {
      const peak = this.loudest(bar, bars);
      const tall = Math.max(2, (peak / 100) * height);
      pen.fillStyle = bar < heard ? past : ahead;
      pen.fillRect(bar * BAR_PX, (height - tall) / 2, BAR_PX - 1, tall);
    }
  }

  loudest(bar, bars) {
    const from = Math.floor((bar * this.peaks.length) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * this.peaks.length) / bars));
    let most = 0;
    for (let i = from; i < to; i += 1) most = Math.max(most, this.peaks[i]);
    return most;
  }
}
