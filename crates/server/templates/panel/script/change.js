/** A count as people read it. */
const many = (count, one, more) => (count === 1 ? `one ${one}` : `${count.toLocaleString("en")} ${more}`);

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** More names than this nobody reads. */
const NAMES = 12;
const listed = (items) =>
  items.length > NAMES ? `${items.slice(0, NAMES).join(", ")} and ${items.length - NAMES} more` : items.join(", ");

/** A line about these, if there are any. */
const list = (title, items) => (items.length > 0 ? [`${title}: ${listed(items)}`] : []);

/** How many sessions would end, in words. */
const counted = async (target) => {
  const { count, left, own } = await call("DELETE", `${target}&count=true`);
  const yours = count === 1 ? ". It is your own" : ", yours among them";
  const words = [`${capital(count === 0 ? "no session" : many(count, "session", "sessions"))} will end`];
  words.push(own ? `${yours}: you will be logged out.` : ".");
  if (left > 0) {
    words.push(` ${capital(many(left, "more", "more"))} will not: you may not decide about those.`);
  }
  return { text: words.join(""), count };
};

/** How many people have a role, in words. */
const people = ({ people: count, more_people: isMore }) => {
  if (isMore) {
    return "More than 10,000 people have this role.";
  }
  return count === 0 ? "Nobody has this role." : `${capital(many(count, "person has", "people have"))} this role.`;
};

/** What becomes of whoever has a role, and of those who have it beside others. */
const roleChanges = (seen) => [
  ...list("You lose", seen.loses),
  ...list("It grants also", seen.grants),
  ...list("It no longer grants", seen.withdraws),
  ...list("It opens", seen.opens),
  ...list("It closes", seen.closes),
  ...list("It denies, whatever other roles allow", seen.denies),
  ...list("That shuts", seen.shuts),
  ...list("It no longer denies", seen.allows_again),
];

/** What becomes of a user whose roles are others. */
const userChanges = (seen) => [
  ...list(seen.own ? "You lose" : "They lose", seen.withdraws),
  ...list(seen.own ? "You gain" : "They gain", seen.grants),
  ...list("It opens", seen.opens),
  ...list("It closes", seen.closes),
  ...endings(seen),
];

const endings = ({ sessions, own }) => {
  if (sessions === 0) {
    return [];
  }
  const end = sessions === 1 ? "ends" : "end";
  return [`${capital(many(sessions, "session", "sessions"))} ${end}${own ? ": you will be logged out" : ""}`];
};

const LOSS = "You take rights from yourself, and may not be able to give them back.";

