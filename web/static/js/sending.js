/* Sending one file in pieces, so that a lost network, a closed lid or a server that starts anew costs one piece. */

const PIECE_BYTES = 8 * 1024 * 1024;
const STALLED_AFTER_MS = 60_000;
/* Quickly at first, then once a minute for two hours: a router that starts anew, a train through a tunnel, a lunch. */
const RETRY_DELAYS_MS = [500, 1000, 3000, 5000, 10_000, 20_000, 30_000, ...Array(120).fill(60_000)];
/* What may be right the next time: out of step, locked, damaged on the way, too many requests. */
const TRY_AGAIN = [0, 409, 423, 429, 460];
const NO_ROOM = 507;

/* tus-js-client's own requests, with two things added: the checksum of each piece, and an end to waiting on a dead line. */
class CheckedRequest {
  constructor(request) { this.request = request; this.ended = false; }
  getMethod() { return this.request.getMethod(); }
  getURL() { return this.request.getURL(); }
  setHeader(name, value) { this.request.setHeader(name, value); }
  getHeader(name) { return this.request.getHeader(name); }
  getUnderlyingObject() { return this.request.getUnderlyingObject(); }

  setProgressHandler(handler) {
    this.request.setProgressHandler((sent) => { this.wait(); handler(sent); });
  }

  async send(body = null) {
    if (body && globalThis.crypto?.subtle) {
      const digest = await crypto.subtle.digest("SHA-256", await body.arrayBuffer());
      if (this.ended) return new Promise(() => {}); // an ended request says nothing more, as XMLHttpRequest's own
      this.setHeader("Upload-Checksum", `sha256 ${btoa(String.fromCharCode(...new Uint8Array(digest)))}`);
    }
    return new Promise((resolve, reject) => {
      this.giveUp = () => { this.request.abort(); reject(new Error("stalled")); };
      this.wait();
      this.request.send(body).then(resolve, reject).finally(() => clearTimeout(this.timer));
    });
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.giveUp, STALLED_AFTER_MS);
  }

  abort() {
    this.ended = true;
    clearTimeout(this.timer);
    return this.request.abort();
  }
}

class CheckedRequests {
  constructor(stack) { this.stack = stack; }
  createRequest(method, url) { return new CheckedRequest(this.stack.createRequest(method, url)); }
  getName() { return "CheckedRequests"; }
}

function statusOf(error) { return error.originalResponse ? error.originalResponse.getStatus() : 0; }

function canNotBeRead(error) {
  return ["NotReadableError", "NotFoundError"].includes(error.causingError?.name ?? error.name);
}

/* The sentence for a person. The server's own, when it wrote one; its pages for people are not shown in a corner. */
function explain(error) {
  if (canNotBeRead(error)) return "Filen kan ikke leses lenger. Er minnekortet tatt ut, sett det inn og velg filen på nytt.";
  const response = error.originalResponse;
  if (!response) return "Vi får ikke kontakt med serveren. Sjekk nettet, og trykk Fortsett.";
  if (response.getHeader("Content-Type")?.startsWith("text/plain") && response.getBody()) return response.getBody();
  if ([200, 302, 400, 401, 403].includes(response.getStatus())) return "Du er logget ut. Logg inn i en ny fane, last denne siden på nytt og velg filen igjen. Den fortsetter der den slapp.";
  return "Noe gikk galt på serveren. Vent litt, og trykk Fortsett.";
}

/* Starts sending `file`; `say` is told of {state, sent, total, id, sentence}.
   States: sending, waiting (for the network), paused, whole, failed. */
export class Sending {
  constructor(file, { token, say }) {
    this.file = file;
    this.headers = { "X-CSRFToken": token };
    this.say = say;
    this.id = null;
    this.state = "queued";
    this.upload = new tus.Upload(file, {
      endpoint: "/tus/",
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      headers: this.headers,
      metadata: { filename: file.name },
      httpStack: new CheckedRequests(tus.defaultOptions.httpStack),
      onShouldRetry: (error) => this.shouldRetry(error),
      onUploadUrlAvailable: () => { this.id = this.upload.url.split("/").pop(); this.tell("sending", { id: this.id }); },
      onProgress: (sent, total) => this.tell("sending", { sent, total }),
      onSuccess: () => this.tell("whole"),
      onError: (error) => this.tell("failed", { sentence: explain(error), room: statusOf(error) === NO_ROOM }),
    });
    addEventListener("online", () => { if (this.state === "waiting") this.start(); });
  }

  /* Begins, or goes on: also after the page was loaded anew and the same file chosen again. */
  async start() {
    this.tell("sending");
    if (!this.upload.url) {
      const before = (await this.upload.findPreviousUploads()).sort((a, b) => b.creationTime.localeCompare(a.creationTime));
      if (before.length) this.upload.resumeFromPreviousUpload(before[0]);
    } else {
      await this.upload.abort();
    }
    if (this.state === "sending") this.upload.start();
  }

  async pause() {
    this.tell("paused");
    await this.upload.abort();
  }

  /* Stops and removes what the server has. */
  async remove() {
    this.tell("removed");
    await this.upload.abort();
    if (this.upload.url) await removeFromServer(this.upload.url, this.headers);
  }

  shouldRetry(error) {
    const status = statusOf(error);
    const again = !canNotBeRead(error) && (TRY_AGAIN.includes(status) || (status >= 500 && status !== NO_ROOM));
    if (again) this.tell("waiting");
    return again;
  }

  tell(state, more = {}) {
    if (this.state === "removed") return;
    if (this.state === "paused" && state === "sending" && more.sent !== undefined) return; // a late message
    this.state = state;
    this.say({ state, ...more });
  }
}

export async function removeFromServer(url, headers) {
  try {
    await tus.Upload.terminate(url, { headers, retryDelays: [500, 1000, 3000] });
  } catch (error) {
    if (![404, 410].includes(statusOf(error))) throw error; // gone already is as good
  }
}

/* How long something takes at the speed of the last half minute. */
export class Pace {
  constructor() { this.marks = []; }

  mark(sent, at = performance.now()) {
    this.marks.push({ sent, at });
    while (this.marks.length > 2 && at - this.marks[0].at > 30_000) this.marks.shift();
  }

  restart() { this.marks = []; }

  /* Whole seconds left, or null when it is too early to say. */
  left(total) {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    if (!first || last.at - first.at < 1500 || last.sent <= first.sent) return null;
    return Math.ceil((total - last.sent) / ((last.sent - first.sent) / ((last.at - first.at) / 1000)));
  }
}
