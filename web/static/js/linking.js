// «Knytt til en hendelse»: at the second that sounds now, wherever the page began.

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-link-second]");
  const sound = document.getElementById("lyd");
  if (!link || !sound?.currentTime) return;
  const address = new URL(link.href);
  address.searchParams.set("t", String(Math.floor(sound.currentTime)));
  link.href = address.href;
});
