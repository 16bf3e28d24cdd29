// Figures follow what happens, as long as the page is looked at.
const figures = document.querySelector("[data-events]");
if (figures) {
  let source;
  const follow = () => {
    source?.close();
    source = undefined;
    if (document.hidden) {
      return;
    }
    source = new EventSource(mount + figures.dataset.events);
    source.addEventListener("figures", (event) => {
      const live = JSON.parse(event.data);
      for (const place of document.querySelectorAll("[data-live]")) {
        place.textContent = live[place.dataset.live].toLocaleString("en");
      }
    });
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

// A page that comes back from the browser's memory may show what its reader may not see any more.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    reload();
  }
});
