// Dates are written as the reader writes them.
const written = new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium", timeStyle: "short" });
const shorter = {
  hour: new Intl.DateTimeFormat(navigator.language, { timeStyle: "short" }),
  day: new Intl.DateTimeFormat(navigator.language, { month: "short", day: "numeric" }),
};
const localise = (within) => {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    if (!Number.isNaN(date.getTime())) {
      time.textContent = (shorter[time.dataset.as] ?? written).format(date);
    }
  }
};
localise(document);

