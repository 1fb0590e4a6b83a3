/* The receipt: what was handed in needs no draft any more. */
import { draftKey, forgetDraft } from "./draft.js";

const { user } = document.querySelector("[data-received]").dataset;
forgetDraft(draftKey(user, sessionStorage.getItem("lever-fra")));
sessionStorage.removeItem("lever-fra");
