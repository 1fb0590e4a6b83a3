// A hit is heard where it stands. Without this script the button leads to the interview, at the same second.

const audio = document.getElementById("lyd");
let playing = null; // the button whose hit sounds

function show(button, sounds) {
  button.querySelector("[data-part=word]").textContent = sounds ? "Stopp" : button.dataset.word;
  button.querySelector("[aria-hidden]").textContent = sounds ? "■" : "▶";
}

function stop() {
  audio.pause();
  if (playing) show(playing, false);
  playing = null;
}

function hear(button) {
  stop();
  playing = button;
  show(button, true);
  const from = Number(button.dataset.fromMs) / 1000;
  const address = new URL(button.dataset.sound, location.href).href;
  if (audio.src !== address) audio.src = address;
  audio.currentTime = from; // before the sound is there this is where it will begin
  audio.play().catch((error) => {
    if (error.name !== "AbortError") location.href = button.href; // the interview's own page can say what is wrong
  });
}

if (audio) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("a[data-hear]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (button === playing) stop();
    else hear(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && playing) stop();
  });
  audio.addEventListener("ended", stop);
}
