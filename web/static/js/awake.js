/* A phone that goes to sleep stops sending. Where the browser can hold the screen on, it does so while we send. */

let wanted = false;
let lock = null;

async function ask() {
  if (!wanted || lock || document.visibilityState !== "visible") return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => { lock = null; });
    if (!wanted) lock.release();
  } catch {
    lock = null; // a battery saver said no; the advice on the page still holds
  }
}

document.addEventListener("visibilitychange", ask);

/* `choice` is the label with the box, `advice` what is said where the browser has no such thing. */
export function keepAwake(sending, choice, advice) {
  const can = "wakeLock" in navigator;
  choice.hidden = !sending || !can;
  advice.hidden = !sending || can;
  wanted = sending && can && choice.querySelector("input").checked;
  if (wanted) ask();
  else lock?.release();
}
