/* What a small screen folds (`details.fold`) stands open on a wide one and on paper; see parts.css. Browsers that cannot
   be told so by the style sheet are told here. */
if (!CSS.supports("selector(::details-content)")) {
  const folds = [...document.querySelectorAll("details.fold")];
  const openAll = () => folds.forEach((each) => { each.open = true; });
  if (matchMedia("(min-width: 760px)").matches) openAll();
  addEventListener("beforeprint", openAll);
}
