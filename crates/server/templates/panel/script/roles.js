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

/** What somebody has ticked and unticked, in words. */
const wanted = (boxes) => {
  const changed = (side, now) =>
    boxes.filter((own) => own.dataset.side === side && own.checked === now && own.defaultChecked !== now);
  const names = (found) => found.map((own) => own.value);
  return [
    ...list("You allowed", names(changed("allow", true))),
    ...list("You allowed no longer", names(changed("allow", false))),
    ...list("You denied", names(changed("deny", true))),
    ...list("You denied no longer", names(changed("deny", false))),
  ];
};

/** What is denied is not allowed, whatever is ticked there. */
const markOverruled = (items) => {
  for (const item of items) {
    item.classList.toggle("overruled", sides.every((side) => box(item, side).checked));
  }
};

const sides = ["allow", "deny"];

for (const form of document.querySelectorAll("form[data-role]")) {
  const items = [...form.querySelectorAll("[data-depth]")];
  const boxes = items.flatMap((item) => sides.map((side) => box(item, side)));
  for (const side of sides) {
    markSome(items, side);
  }
  markOverruled(items);
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
    markOverruled(items);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { role, version } = form.dataset;
    if (role && boxes.every((own) => own.checked === own.defaultChecked)) {
      question({ title: "Nothing has changed", text: "There is nothing to save." });
      return;
    }
    const name = role || form.elements.name.value;
    const ticked = (side) => items.map((item) => box(item, side)).filter((own) => own.checked).map((own) => own.value);
    const body = Object.fromEntries(sides.map((side) => [side, ticked(side)]));
    const seenAs = role ? { version } : {};
    const place = `/admin/roles/${encodeURIComponent(name)}`;
    let seen;
    try {
      seen = await call("POST", `${place}/preview`, { ...body, ...seenAs });
    } catch (error) {
      if (error.code === "role_changed") {
        await outdated(error, wanted(boxes));
      } else {
        question({ title: "This cannot be saved", error });
      }
      return;
    }
    const isLoss = seen.loses.length > 0;
    question({
      title: `Save ${name}?`,
      text: isLoss ? `${people(seen)} ${LOSS}` : people(seen),
      changes: roleChanges(seen),
      dangerous: isLoss,
      word: isLoss ? name : undefined,
      label: "Save",
      act: async () => {
        if (role) {
          await call("PUT", place, { ...body, ...seenAs });
        } else {
          await call("POST", "/admin/roles", { name, ...body });
        }
      },
      then: () => goTo(`/panel/roles/${encodeURIComponent(name)}`, role ? "role-saved" : "role-added"),
    });
  });
}

