/** A code in groups, to be read out; marked or copied, it is the code alone. */
const codeShown = (button, { code, expires_at: end }) => ({
  title: `Code for ${button.dataset.whom}`,
  text: `Good until ${written.format(new Date(end))}, at ${button.dataset.where}. It is shown this once: hand it over in person or by telephone.`,
  parts: code.match(/.{1,4}/g).map((part) => Object.assign(document.createElement("span"), { textContent: part })),
  copy: code,
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-method]");
  if (!button || isBusy(button)) {
    return;
  }
  const { method, target, title, text, body, word, then, done, count } = button.dataset;
  let found;
  if (count !== undefined) {
    setBusy(button, true);
    try {
      found = await counted(count || target);
    } catch (error) {
      // Whoever may not see sessions may still do what ends them.
      if (!count || error.code !== "forbidden") {
        question({ title, error });
        return;
      }
    } finally {
      setBusy(button, false);
    }
  }
  question({
    title,
    text: [found?.text, text].filter(Boolean).join(" "),
    label: button.dataset.do,
    dangerous: method === "DELETE" || button.classList.contains("danger"),
    word,
    act: !count && found?.count === 0
      ? undefined
      : async () => {
          const answer = await call(method, target, body && JSON.parse(body));
          return answer.code && codeShown(button, answer);
        },
    then: () => goTo(then, done),
  });
});

