// Where there is room beside the list, what narrows it lies open.

if (matchMedia("(min-width: 760px)").matches) document.querySelector(".narrow details")?.setAttribute("open", "");
