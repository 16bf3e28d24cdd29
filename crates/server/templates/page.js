// The pages work without this. With it, a password can be looked at, times are those of the reader, and a form that must wait
// says when it need not any more.

for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Show";
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-controls", field.id);
  // The field stays where it is: moved, it would lose the focus.
  field.after(button);
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.textContent = shown ? "Show" : "Hide";
    button.setAttribute("aria-pressed", String(!shown));
  });
  // A password that was made visible is not to be remembered as a text.
  field.form?.addEventListener("submit", () => {
    field.type = "password";
  });
}

const written = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime]")) {
  const date = new Date(time.dateTime);
  if (!Number.isNaN(date.getTime())) {
    time.textContent = written.format(date);
  }
}

const notice = document.querySelector("[data-wait]");
if (notice) {
  const button = document.querySelector("main form button:not(.quiet)");
  const until = Date.now() + Number(notice.dataset.wait) * 1000;
  if (button) {
    button.disabled = true;
  }
  const clock = setInterval(() => {
    if (Date.now() >= until) {
      clearInterval(clock);
      notice.textContent = "You can try again now.";
      if (button) {
        button.disabled = false;
      }
    }
  }, 500);
}
