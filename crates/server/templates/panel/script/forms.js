/** What a form says: all of it, or, for a form that changes something, what is not as it was. With the changes in words. */
const collect = (form) => {
  const body = {};
  const changes = [];
  const isChange = "changes" in form.dataset;
  const label = (field) => (field.labels?.[0]?.textContent ?? field.name).trim();
  const boxes = new Map();
  for (const field of form.elements) {
    if (!field.name) {
      continue;
    }
    if (field.type === "checkbox") {
      boxes.set(field.name, [...(boxes.get(field.name) ?? []), field]);
    } else if (field.type === "hidden") {
      body[field.name] = field.value;
    } else if (isChange ? field.value !== field.defaultValue : field.value !== "") {
      body[field.name] = field.value === "" && field.dataset.empty === "null" ? null : field.value;
      changes.push(`${label(field)}: ${isChange ? `${field.defaultValue || "nothing"} → ` : ""}${field.value || "nothing"}`);
    }
  }
  for (const [name, fields] of boxes) {
    const added = fields.filter((field) => field.checked && !field.defaultChecked).map((field) => field.value);
    const removed = fields.filter((field) => !field.checked && field.defaultChecked).map((field) => field.value);
    if (added.length + removed.length > 0) {
      body[name] = isChange ? { add: added, remove: removed } : added;
    }
    if (added.length > 0) {
      changes.push(`Gives ${added.join(", ")}`);
    }
    if (removed.length > 0) {
      changes.push(`Takes ${removed.join(", ")}`);
    }
  }
  return { body, changes };
};

/** A place with what an answer says in it. */
const filled = (pattern, item) => pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(item[name] ?? ""));

for (const form of document.querySelectorAll("form[data-method]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { method, target, title, preview, whom, then, done } = form.dataset;
    const { body, changes } = collect(form);
    if (changes.length === 0) {
      question({ title: "Nothing has changed", text: "There is nothing to save." });
      return;
    }
    let isLoss = false;
    if (preview && body.roles) {
      try {
        const seen = await call("POST", preview, { roles: body.roles });
        changes.push(...userChanges(seen));
        isLoss = seen.own && seen.withdraws.length > 0;
      } catch (error) {
        question({ title: "This cannot be saved", changes, error });
        return;
      }
    }
    let place;
    question({
      title,
      text: isLoss ? LOSS : undefined,
      changes,
      dangerous: isLoss,
      word: isLoss ? whom : undefined,
      label: form.dataset.do,
      act: async () => {
        const answer = await call(method, target, body);
        place = then && filled(then, answer);
      },
      then: () => goTo(place, done),
    });
  });
}

// A file is fetched by the browser itself, which cannot give a password: that comes first.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-file]");
  if (!button) {
    return;
  }
  const fetchFile = () => location.assign(mount + button.dataset.file);
  question({
    title: button.dataset.title,
    text: "The file holds all events that match. That you take it is recorded as well.",
    label: button.dataset.do,
    // Without a session the browser would leave the page for a refusal.
    act: async () => {
      await proof();
    },
    then: fetchFile,
  });
});

