/** A code in groups, to be read out; marked or copied, it is the code alone. */
const codeShown = (button, { code, expires_at: end }) => ({
  title: `Code for ${button.dataset.whom}`,
  text: `Good until ${written.format(new Date(end))}, at ${button.dataset.where}. It is shown this once: hand it over in person or by telephone.`,
  parts: code.match(/.{1,4}/g).map((part) => Object.assign(document.createElement("span"), { textContent: part })),
  copy: code,
});

/** What a button's dialog says beside what the page says: how many sessions end, or who loses a role. */
const foretold = async ({ count, target, preview, whom }) => {
  if (preview !== undefined) {
    const seen = await call("POST", preview, { allow: [], deny: [] });
    return { text: people(seen), changes: roleChanges(seen), word: seen.loses.length > 0 ? whom : undefined };
  }
  const found = await counted(count || target);
  return { text: found.text, isNothing: !count && found.count === 0 };
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-method]");
  if (!button || isBusy(button)) {
    return;
  }
  const { method, target, title, text, body, word, then, done } = button.dataset;
  let more = {};
  if ("count" in button.dataset || "preview" in button.dataset) {
    setBusy(button, true);
    try {
      more = await foretold(button.dataset);
    } catch (error) {
      // Whoever may not see sessions may still do what ends them.
      if (!button.dataset.count || error.code !== "forbidden") {
        question({ title, error });
        return;
      }
    } finally {
      setBusy(button, false);
    }
  }
  question({
    title,
    text: [more.text, text].filter(Boolean).join(" "),
    changes: more.changes,
    label: button.dataset.do,
    dangerous: method === "DELETE" || button.classList.contains("danger"),
    word: word ?? more.word,
    act: more.isNothing
      ? undefined
      : async () => {
          const answer = await call(method, target, body && JSON.parse(body));
          return answer.code && codeShown(button, answer);
        },
    then: () => goTo(then, done),
  });
});

