/* What is typed, remembered on this machine until it is handed in. */

const KEPT_MS = 30 * 24 * 3600 * 1000;
const NOT_KEPT = ["csrf_token", "files", "fra", "more", "upload"];

export function draftKey(user, planned) { return `lever:${user}:${planned || ""}`; }

export function forgetDraft(key) { try { localStorage.removeItem(key); } catch { /* the browser keeps nothing */ } }

export class Draft {
  constructor(key) { this.key = key; }

  /* {fields: {name: [values]}, uploads: [ids]}, or null. */
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return kept && Date.now() - kept.at < KEPT_MS ? kept : null;
    } catch {
      return null;
    }
  }

  write(form, uploads) {
    const fields = {};
    for (const [name, value] of new FormData(form)) {
      if (!NOT_KEPT.includes(name) && typeof value === "string") (fields[name] ??= []).push(value);
    }
    try { localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), fields, uploads })); } catch { /* full or shut */ }
  }

  forget() { forgetDraft(this.key); }
}
