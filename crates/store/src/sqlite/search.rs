//! Lists of users, and searches for them.

use doorward::store::{Listed, Page, UserFilter, fold};
use doorward::{Name, User, UserNumber, UserState};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use super::fault::Fault;
use super::lists::{NoPlace, part};
use super::query::Query;
use super::users;

/// Up to so many matches are looked up one by one and put in order; more are met soon enough on the way through all logins.
const FEW: u32 = 20_000;

pub(super) fn users(connection: &Connection, filter: &UserFilter, page: &Page) -> Result<Listed<User>, Fault> {
    let Ok(after) = place(page) else { return Ok(Listed::default()) };
    // All of it is of one moment.
    let moment = connection.unchecked_transaction()?;
    let Matches { mut query, one_by_one, still_to_search } = matches(&moment, filter)?;
    // The plus keeps a few from being looked for among all logins.
    if let Some((login, realm)) = after {
        let place = [Value::from(login), Value::from(text(&realm))];
        query.add(if one_by_one { " AND (+login, +realm) > (?, ?)" } else { " AND (login, realm) > (?, ?)" }, place);
    }
    query.add(if one_by_one { " ORDER BY +login, +realm" } else { " ORDER BY login, realm" }, []);

    let mut found = Vec::new();
    query.walk(&moment, |row| {
        if is_found(row, still_to_search.as_deref())? {
            found.push(UserNumber(row.get("number")?));
        }
        Ok(found.len() <= page.size())
    })?;
    let found: Result<Vec<User>, Fault> = found.into_iter().map(|number| users::existing(&moment, number)).collect();
    Ok(part(found?, page, |last| format!("{}.{}", last.realm, hex(last.login.as_str()))))
}

/// How many there are, as far as `most`. No user is read for it beyond the texts that are searched.
pub(super) fn count(connection: &Connection, filter: &UserFilter, most: u64) -> Result<u64, Fault> {
    let moment = connection.unchecked_transaction()?;
    let Matches { query, still_to_search, .. } = matches(&moment, filter)?;
    let mut count = 0;
    query.walk(&moment, |row| {
        count += u64::from(is_found(row, still_to_search.as_deref())?);
        Ok(count < most)
    })?;
    Ok(count)
}

/// Who matches a filter, in no order yet.
struct Matches {
    query: Query,
    /// Whether there are so few that they are looked up one by one.
    one_by_one: bool,
    /// What the query could not look for.
    still_to_search: Option<String>,
}

fn matches(connection: &Connection, filter: &UserFilter) -> Result<Matches, Fault> {
    let mut query = Query::new("SELECT number, login, name, email FROM users WHERE true");
    let few_by_role = match &filter.role {
        Some(role) => restrict_to_role(connection, &mut query, role)?,
        None => false,
    };
    let search = filter.search.as_deref().map(fold).filter(|search| !search.is_empty());
    let few_by_word = match &search {
        Some(search) => restrict_to_few_words(connection, &mut query, search)?,
        None => false,
    };
    query.add_if(" AND realm = ?", filter.realm.as_ref().map(text));
    query.add_if(" AND active = ?", filter.state.map(|state| i64::from(state == UserState::Active)));
    let still_to_search = search.filter(|_| !few_by_word);
    Ok(Matches { query, one_by_one: few_by_role || few_by_word, still_to_search })
}

/// Says whether there are few who have the role.
fn restrict_to_role(connection: &Connection, query: &mut Query, role: &Name) -> Result<bool, Fault> {
    let probe = Query::with("SELECT 1 FROM user_roles WHERE role = ?", [text(role).into()]);
    let few = are_few(connection, probe)?;
    query.add_if(
        if few {
            " AND number IN (SELECT user FROM user_roles WHERE role = ?)"
        } else {
            " AND EXISTS (SELECT 1 FROM user_roles WHERE user = number AND role = ?)"
        },
        Some(text(role)),
    );
    Ok(few)
}

/// Says whether there are few whose login, name or e-mail begins with the text. If not, nothing is restricted.
fn restrict_to_few_words(connection: &Connection, query: &mut Query, search: &str) -> Result<bool, Fault> {
    let range = || [Value::from(search.to_owned()), Value::from(format!("{search}\u{10FFFF}"))];
    let probe = Query::with("SELECT 1 FROM user_words WHERE word >= ? AND word < ?", range());
    let few = are_few(connection, probe)?;
    if few {
        query.add(" AND number IN (SELECT user FROM user_words WHERE word >= ? AND word < ?)", range());
    }
    Ok(few)
}

fn are_few(connection: &Connection, mut probe: Query) -> Result<bool, Fault> {
    probe.add(" LIMIT ?", [(FEW + 1).into()]);
    let mut met = 0;
    probe.walk(connection, |_| {
        met += 1;
        Ok(true)
    })?;
    Ok(met <= FEW)
}

fn is_found(row: &Row<'_>, search: Option<&str>) -> rusqlite::Result<bool> {
    let Some(search) = search else { return Ok(true) };
    for column in ["login", "name", "email"] {
        let text = row.get_ref(column)?.as_str_or_null()?;
        if text.is_some_and(|text| fold(text).starts_with(search)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The place after which the part begins. A login may hold anything, a dot too; its hexadecimal form may not.
fn place(page: &Page) -> Result<Option<(String, Name)>, NoPlace> {
    let Some(text) = page.after.as_deref() else { return Ok(None) };
    let (realm, login) = text.rsplit_once('.').ok_or(NoPlace)?;
    Ok(Some((unhex(login).ok_or(NoPlace)?, Name::parse(realm).map_err(|_| NoPlace)?)))
}

fn text(name: &Name) -> String {
    name.as_str().to_owned()
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<String> {
    let pairs = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8(pairs.collect::<Option<Vec<u8>>>()?).ok().filter(|decoded| hex(decoded) == text)
}
