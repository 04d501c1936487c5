// The search runs in a worker, and browsers start none from a file on a disk. There, a frame that
// nobody sees stands in for it. (The plug-in `offline` would load such a script from elsewhere.)
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.srcdoc = "<!doctype html><title>search</title>"; // of the origin of this page
      this.frame.title = "search";
      this.ready = new Promise((done) => this.frame.addEventListener("load", () => done(), { once: true }));
      document.documentElement.append(this.frame);
      this.ready = this.ready.then(() => this.start(String(url)));
    }

    start(url) {
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      return new Promise((done, failed) => {
        const script = inside.document.createElement("script");
        script.src = url;
        script.onload = done;
        script.onerror = failed;
        inside.document.head.append(script);
      });
    }

    postMessage(data) {
      this.ready.then(() => {
        const inside = this.frame.contentWindow;
        inside.dispatchEvent(new inside.MessageEvent("message", { data }));
      });
    }

    terminate() {
      this.frame.remove();
    }
  };
}
