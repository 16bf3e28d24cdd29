// Figures follow what happens, as long as the page is looked at.
const figures = document.querySelector("[data-events]");
if (figures) {
  const notice = element("live");
  /** A server that is starting again is waited for. */
  const AGAIN = 5_000;
  let source;
  let timer;
  const wait = () => show(notice, "These figures stand still. Waiting for Doorward …");
  // Whose session has ended, or who may not watch any more, waits in vain.
  const stopped = async () => {
    wait();
    const answer = await fetch(mount + ofRealm("/user/sessions/current")).catch(() => undefined);
    const problem = answer && !answer.ok ? refused(await json(answer)) : {};
    if (problem.code === "not_logged_in") {
      tell(notice, problem, "load this page again. Until then its figures stand still");
    } else {
      timer = setTimeout(follow, AGAIN);
    }
  };
  const follow = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
    if (document.hidden) {
      return;
    }
    source = new EventSource(mount + figures.dataset.events);
    source.addEventListener("figures", (event) => {
      show(notice);
      const live = JSON.parse(event.data);
      for (const place of document.querySelectorAll("[data-live]")) {
        place.textContent = live[place.dataset.live].toLocaleString("en");
      }
    });
    source.addEventListener("error", ({ target }) => {
      if (target === source) {
        (target.readyState === EventSource.CLOSED ? stopped : wait)();
      }
    });
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

// A page that comes back from the browser's memory may show what its reader may not see any more.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    location.reload();
  }
});
