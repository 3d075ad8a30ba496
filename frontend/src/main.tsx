import "@mantine/core/styles.css";
import "@fontsource-variable/inter/index.css";
import "./theme.css";
import { createRoot } from "react-dom/client";
import { follower, newestChange } from "./api/changes";
import { App } from "./app";

// A file dropped beside a field must not make the browser or the window leave the page.
for (const kind of ["dragover", "drop"] as const) {
  window.addEventListener(kind, (e) => e.preventDefault());
}

const ended = new AbortController();
window.addEventListener("pagehide", () => ended.abort());
window.addEventListener("pageshow", (e) => {
  if (e.persisted) window.location.reload();
});
follower.start(ended.signal, newestChange());

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
