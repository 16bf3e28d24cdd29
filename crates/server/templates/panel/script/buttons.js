const reload = () => location.reload();

/** A count as people read it. */
const many = (count, one, more) => (count === 1 ? `one ${one}` : `${count.toLocaleString("en")} ${more}`);

/** How many sessions would end, in words. */
const counted = async (target) => {
  const { count, left } = await call("DELETE", `${target}&count=true`);
  const words = [count === 1 ? "One session will end." : `${many(count, "session", "sessions")} will end.`];
  if (left > 0) {
    words.push(`${many(left, "more", "more")} will not: you may not decide about those.`);
  }
  return { text: words.join(" "), count };
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-method]");
  if (!button) {
    return;
  }
  const { method, target, title, body, word, then } = button.dataset;
  let { text } = button.dataset;
  let isSomething = true;
  if ("count" in button.dataset) {
    button.disabled = true;
    try {
      const found = await counted(target);
      text = found.text;
      isSomething = found.count > 0;
    } catch (error) {
      text = error.message;
      isSomething = false;
    } finally {
      button.disabled = false;
    }
  }
  question({
    title,
    text,
    label: button.dataset.do,
    dangerous: method === "DELETE" || button.classList.contains("danger"),
    word,
    act: isSomething
      ? async () => {
          const answer = await call(method, target, body && JSON.parse(body));
          return answer.code;
        }
      : undefined,
    then: () => (then ? location.assign(mount + then) : reload()),
  });
});

