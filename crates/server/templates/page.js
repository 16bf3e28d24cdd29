// The pages work without this. With it, a password can be looked at, times are those of the reader, and a form that must wait
// says when it need not any more. What it says stands in the page, in the page's language.

const said = document.body.dataset;

for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.setAttribute("aria-controls", field.id);
  const offer = (text, label) => {
    button.textContent = text;
    button.setAttribute("aria-label", label);
  };
  offer(said.show, said.showPassword);
  // The field stays where it is: moved, it would lose the focus.
  field.after(button);
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    if (shown) {
      offer(said.show, said.showPassword);
    } else {
      offer(said.hide, said.hidePassword);
    }
  });
  // A password that was made visible is not to be remembered as a text.
  field.form?.addEventListener("submit", () => {
    field.type = "password";
  });
}

const language = document.documentElement.lang;
// Where the reader's own variety of the page's language is known, dates are written as they write them.
const variety = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
const written = new Intl.DateTimeFormat(variety, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime]")) {
  const date = new Date(time.dateTime);
  if (!Number.isNaN(date.getTime())) {
    time.textContent = written.format(date);
  }
}

const notice = document.querySelector("[data-wait]");
if (notice) {
  const buttons = [...document.querySelectorAll('main form:has(input[type="password"]) button:not(.quiet)')];
  const bar = (barred) => buttons.forEach((button) => (button.disabled = barred));
  const until = Date.now() + Number(notice.dataset.wait) * 1000;
  bar(true);
  const clock = setInterval(() => {
    if (Date.now() >= until) {
      clearInterval(clock);
      notice.textContent = said.over;
      bar(false);
    }
  }, 500);
}
