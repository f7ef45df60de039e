// Before the terminal's own script begins, on load: where its server is, and how large its letters are.
const terminal = document.getElementById("terminal");
const asked = Number(new URLSearchParams(location.search).get("fontsize"));
terminal.dataset.sessionWebsocketUrl = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
terminal.dataset.fontSize = String(asked >= 6 && asked <= 72 ? asked : 16);

// The terminal marks the body. It takes keys as soon as the app draws, and tells the app of it, which needs the
// connection to be open; when the app has ended, Enter begins anew.
const marks = new MutationObserver(() => {
  const { classList } = document.body;
  const wanted = classList.contains("-closed") ? "#again" : ".xterm-helper-textarea";
  if (classList.contains("-first-byte") || classList.contains("-closed")) {
    document.querySelector(wanted).focus();
  }
});
marks.observe(document.body, { attributeFilter: ["class"] });
