// Dates are written as the reader writes them.
const written = new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium", timeStyle: "short" });
const localise = (within) => {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    if (!Number.isNaN(date.getTime())) {
      time.textContent = written.format(date);
    }
  }
};
localise(document);

