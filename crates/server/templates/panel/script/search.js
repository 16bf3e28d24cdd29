/** Fills a row of the list with what the API says. */
const row = (template, item) => {
  const content = template.content.cloneNode(true);
  for (const link of content.querySelectorAll("[data-href]")) {
    link.href = mount + filled(link.dataset.href, item);
  }
  for (const field of content.querySelectorAll("[data-field]")) {
    const value = item[field.dataset.field];
    if (field.localName === "time" && value) {
      field.dateTime = value;
    } else {
      field.textContent = (Array.isArray(value) ? value.join(", ") : value) ?? field.dataset.never ?? "";
    }
    if (field.dataset.bad && field.dataset.bad === value) {
      field.className = "badge bad";
    }
  }
  for (const mark of content.querySelectorAll("[data-unless]")) {
    mark.hidden = Boolean(item[mark.dataset.unless]);
  }
  localise(content);
  return content;
};

/** The same question for the API: what the form has in its own words, it says there too how the API says it. */
const forApi = (form, query) => {
  const asked = new URLSearchParams(query);
  for (const option of form.querySelectorAll("option:checked[data-as]")) {
    const [field, value] = option.dataset.as.split("=");
    asked.delete(option.parentElement.name);
    asked.set(field, value);
  }
  return asked;
};

/** The heads of columns lead to what is shown now, in their order. */
const turnHeads = (form, query) => {
  for (const link of document.querySelectorAll("th a[data-sort]")) {
    const asked = new URLSearchParams(query);
    asked.delete("sort");
    if (link.dataset.sort) {
      asked.set("sort", link.dataset.sort);
    }
    link.href = asked.size > 0 ? `${form.action}?${asked}` : form.action;
  }
};

/** A search as somebody types. What was asked for earlier and is answered later is passed over. */
const live = (form) => {
  const [rows, template, count] = [element("rows"), element("row"), element("count")];
  const more = document.querySelector("a[rel=next]");
  let [timer, asked] = [0, 0];
  // What was found before is no answer to what is asked now.
  const refuse = (error) => {
    rows.replaceChildren();
    rows.closest(".wide").hidden = true;
    more.parentElement.hidden = true;
    tell(count, error, "search again");
  };
  const search = async () => {
    const mine = ++asked;
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    history.replaceState(null, "", query.size > 0 ? `?${query}` : location.pathname);
    const answer = await fetch(`${mount}${form.dataset.live}?limit=50&${forApi(form, query)}`);
    const found = await json(answer);
    if (mine !== asked) {
      return;
    }
    if (!answer.ok) {
      throw refused(found);
    }
    rows.replaceChildren(...found.items.map((item) => row(template, item)));
    rows.closest(".wide").hidden = found.items.length === 0;
    const words = many(found.items.length, "user", "users");
    count.textContent = found.items.length === 0 ? "Nobody is found." : found.next ? `The first ${words}` : words;
    more.parentElement.hidden = !found.next;
    turnHeads(form, query);
    query.set("after", found.next ?? "");
    more.href = `${form.action}?${query}`;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search().catch(refuse), 200);
  });
};

for (const form of document.querySelectorAll("form[data-live]")) {
  live(form);
}

