/** Those of a tree's items that are below one. */
const below = (items, place) => {
  const depth = Number(items[place].dataset.depth);
  const end = items.findIndex((item, other) => other > place && Number(item.dataset.depth) <= depth);
  return items.slice(place + 1, end < 0 ? items.length : end);
};

const box = (item, side) => item.querySelector(`[data-side=${side}]`);

/** A box that is not ticked says whether some below it are. */
const markSome = (items, side) => {
  items.forEach((item, place) => {
    const own = box(item, side);
    own.indeterminate = !own.checked && below(items, place).some((other) => box(other, side).checked);
  });
};

const list = (title, items) => (items.length > 0 ? [`${title}: ${items.join(", ")}`] : []);

for (const form of document.querySelectorAll("form[data-role]")) {
  const items = [...form.querySelectorAll("[data-depth]")];
  const sides = ["allow", "deny"];
  for (const side of sides) {
    markSome(items, side);
  }
  form.addEventListener("change", (event) => {
    const { side } = event.target.dataset;
    if (!side) {
      return;
    }
    const place = items.findIndex((item) => item.contains(event.target));
    const ticked = event.target.checked;
    for (const other of below(items, place)) {
      if (!box(other, side).disabled) {
        box(other, side).checked = ticked;
      }
    }
    // Whoever is above has not all below any more.
    items.slice(0, place).forEach((item, above) => {
      if (!ticked && below(items, above).includes(items[place])) {
        box(item, side).checked = false;
      }
    });
    markSome(items, side);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = form.dataset.role || form.elements.name.value;
    const ticked = (side) => items.map((item) => box(item, side)).filter((own) => own.checked).map((own) => own.value);
    const body = Object.fromEntries(sides.map((side) => [side, ticked(side)]));
    const place = `/admin/roles/${encodeURIComponent(name)}`;
    let seen;
    try {
      seen = await call("POST", `${place}/preview`, body);
    } catch (error) {
      question({ title: "This cannot be saved", text: error.message });
      return;
    }
    const people = seen.more_people ? "More than 10,000 people have" : seen.people === 1 ? "One person has" : `${seen.people.toLocaleString("en")} people have`;
    question({
      title: `Save ${name}?`,
      text: `${people} this role.`,
      changes: [
        ...list("It grants also", seen.grants),
        ...list("It no longer grants", seen.withdraws),
        ...list("It opens", seen.opens),
        ...list("It closes", seen.closes),
      ],
      label: "Save",
      act: async () => {
        if (form.dataset.role) {
          await call("PUT", place, { ...body, version: form.dataset.version });
        } else {
          await call("POST", "/admin/roles", { name, ...body });
        }
      },
      then: () => location.assign(`${mount}/panel/roles/${encodeURIComponent(name)}`),
    });
  });
}

