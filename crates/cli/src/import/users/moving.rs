//! Users on their way in: checked all at once, compared with who is here, and let in together.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use std::sync::Arc;

use anyhow::anyhow;
use doorward::password::foreign::{Incoming, Written};
use doorward::{Arrival, HashFate, Login, Name, PasswordHash, Reason, User, UserId, UserState};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::hashing::{self, Work};
use super::record::{Record, Wrong};
use crate::console::Console;
use crate::failure::BadFile;
use crate::output;
use crate::progress::{Steps, patiently};

/// So many mistakes are told.
const TOLD: usize = 50;
/// So many are looked up at once.
const AT_ONCE: usize = 64;

/// What the operator wants.
pub struct Wishes<'a> {
    /// The realm of those of whom the file does not say it.
    pub realm: Option<&'a str>,
    /// Whether to tell, and to write nothing.
    pub is_dry: bool,
    /// Tells of each user, and in the audit log: `imported from users.csv`.
    pub origin: String,
    /// The file, for mistakes.
    pub file: &'a str,
}

/// Somebody who is checked, and the hash that they bring.
struct Candidate {
    file: Option<Arc<str>>,
    line: usize,
    arrival: Arrival,
    hash: Option<Incoming>,
}

/// Lets the users of a file in.
///
/// # Errors
/// [`BadFile`], when mistakes have been told; what the store refused.
pub async fn move_in(console: &Console, records: Vec<Record>, wishes: &Wishes<'_>) -> anyhow::Result<()> {
    let candidates = check(console, records, wishes).map_err(|wrong| told(wishes.file, &wrong))?;
    let here = look_up(console, &candidates).await?;
    if let Some(wrong) = ids_that_differ(&candidates, &here) {
        return Err(told(wishes.file, &wrong).into());
    }
    let works: Vec<Work<'_>> = candidates.iter().zip(&here).map(|(one, user)| work(one, user.as_ref())).collect();
    let slow = works.iter().filter(|work| work.is_slow()).count();
    let cost = console.engine.policy().password_cost();
    if slow > 0 {
        eprintln!("doorward: {}", hashing::announcement(slow, cost)?);
    }
    let (hashes, sets): (Vec<Option<PasswordHash>>, Vec<bool>) = match wishes.is_dry {
        true => (Vec::new(), hashing::foresee(&works)?),
        false => {
            let hashes = hashing::compute(&works, cost)?;
            let sets = hashes.iter().map(Option::is_some).collect();
            (hashes, sets)
        }
    };
    let mut sums = Sums::default();
    for ((candidate, user), sets) in candidates.iter().zip(&here).zip(sets) {
        sums.count(candidate, user.as_ref(), sets, wishes.is_dry)?;
    }
    drop(works);
    if wishes.is_dry {
        return sums.tell(wishes);
    }
    let moving = candidates.into_iter().zip(here).zip(hashes);
    let moving: Vec<(Arrival, Option<User>, Option<PasswordHash>)> = moving
        .filter(|((candidate, user), hash)| {
            hash.is_some() || user.as_ref().is_none_or(|user| !candidate.arrival.differences(user).is_empty())
        })
        .map(|((candidate, user), hash)| (candidate.arrival, user, hash))
        .collect();
    if !moving.is_empty() {
        let admitted = console.engine.admit(&console.actor, &wishes.origin, moving);
        patiently("writing", admitted).await.map_err(|refusal| {
            let why = match refusal.reason() {
                Reason::Conflict(conflict) => anyhow!("{conflict}"),
                _ => console.refused(refusal),
            };
            anyhow!("nothing was imported: {why}; if somebody is being altered right now, run it again")
        })?;
    }
    sums.tell(wishes)
}

/// All that is wrong, each with its line.
fn check(console: &Console, records: Vec<Record>, wishes: &Wishes<'_>) -> Result<Vec<Candidate>, Vec<Wrong>> {
    let policy = console.engine.policy();
    let mut wrong = Vec::new();
    let mut missing: BTreeSet<&str> = BTreeSet::new();
    let mut first = None;
    for record in &records {
        let roles = record.roles.iter().flatten().map(String::as_str);
        let unknown: Vec<&str> =
            roles.filter(|role| !Name::parse(role).is_ok_and(|role| policy.has_role(&role))).collect();
        first = first.or(unknown.first().map(|_| record));
        missing.extend(unknown);
    }
    if let Some(first) = first {
        let names: Vec<&str> = missing.into_iter().take(TOLD).collect();
        let text = format!("there are no such roles: {}; declare them first", names.join(", "));
        return Err(vec![Wrong::new(first.line, text).within(first.file.clone())]);
    }
    let mut seen: HashMap<(Name, Login), String> = HashMap::new();
    let mut ids: HashMap<(Name, UserId), String> = HashMap::new();
    let mut candidates = Vec::with_capacity(records.len());
    for record in records {
        if wrong.len() == TOLD {
            break;
        }
        let line = record.line;
        let candidate = match candidate(console, &record, wishes.realm) {
            Ok(candidate) => candidate,
            Err(text) => {
                wrong.push(Wrong::new(line, text).within(record.file));
                continue;
            }
        };
        let Arrival { realm, login, id, .. } = &candidate.arrival;
        let place = match &record.file {
            None => format!("on line {line}"),
            Some(file) => format!("in {file}"),
        };
        let same_login = seen.insert((realm.clone(), login.clone()), place.clone());
        let same_id = id.clone().and_then(|id| ids.insert((realm.clone(), id), place));
        for (first, what) in [(same_login, "login"), (same_id, "id")] {
            let told = first.map(|first| Wrong::new(line, format!("the {what} stands {first} already")));
            wrong.extend(told.map(|told| told.within(record.file.clone())));
        }
        candidates.push(candidate);
    }
    if wrong.is_empty() { Ok(candidates) } else { Err(wrong) }
}

fn candidate(console: &Console, record: &Record, realm: Option<&str>) -> Result<Candidate, String> {
    let policy = console.engine.policy();
    let realm = policy.realm_to_log_in(record.realm.as_deref().or(realm)).map_err(|reason| match reason {
        Reason::Realm("realm_required") => "there are several realms: add a column, or --realm".to_owned(),
        _ => {
            let names: Vec<&str> = policy.realms().iter().map(|realm| realm.name().as_str()).collect();
            let realm = record.realm.as_deref().or(realm).unwrap_or_default();
            format!("there is no realm {realm}: one of {}", names.join(", "))
        }
    })?;
    let state = match record.state.as_deref() {
        None => None,
        Some("active") => Some(UserState::Active),
        Some("disabled") => Some(UserState::Disabled),
        Some(_) => return Err("state: `active` or `disabled`".into()),
    };
    let names = record.roles.as_ref().map(|roles| roles.iter().map(|role| Name::parse(role)).collect());
    let written = Written {
        hash: record.hash.as_deref().unwrap_or_default(),
        scheme: record.scheme.as_deref(),
        salt: record.salt.as_deref(),
        login: &record.login,
        site: record.site.as_deref(),
    };
    let hash = record.hash.as_ref().map(|_| Incoming::read(written)).transpose();
    let mut arrival = Arrival {
        realm: policy.realm(realm).name().clone(),
        login: Login::parse(&record.login).map_err(|error| error.to_string())?,
        id: record.id.as_deref().map(UserId::parse).transpose().map_err(|error| error.to_string())?,
        name: record.name.clone(),
        email: record.email.clone(),
        roles: names.transpose().map_err(|error: doorward::InvalidName| error.to_string())?,
        state,
        attributes: record.attributes.clone(),
    };
    let checked = console.engine.check_arrival(&console.actor, &mut arrival);
    checked.map_err(|refusal| console.refused(refusal).to_string())?;
    Ok(Candidate {
        file: record.file.clone(),
        line: record.line,
        arrival,
        hash: hash.map_err(|error| format!("hash: {error}"))?,
    })
}

/// Who of them is here already.
async fn look_up(console: &Console, candidates: &[Candidate]) -> anyhow::Result<Vec<Option<User>>> {
    let mut steps = Steps::begin("looking who is here");
    let total = candidates.len() as u64;
    let asked = stream::iter(candidates).map(|candidate| {
        let Arrival { realm, login, .. } = &candidate.arrival;
        console.store().user_by_login(realm.clone(), login.clone())
    });
    let mut found = Vec::with_capacity(candidates.len());
    let mut answers = asked.buffered(AT_ONCE);
    while let Some(user) = answers.try_next().await? {
        found.push(user);
        steps.reach(found.len() as u64, total);
    }
    Ok(found)
}

/// An id is for good: upstreams know people by it.
fn ids_that_differ(candidates: &[Candidate], here: &[Option<User>]) -> Option<Vec<Wrong>> {
    let differs = candidates.iter().zip(here).filter_map(|(candidate, user)| {
        let (id, user) = (candidate.arrival.id.as_ref()?, user.as_ref()?);
        let text = || format!("{} has the id {} here, and an id is never altered", user.login, user.id);
        (*id != user.id).then(|| Wrong::new(candidate.line, text()).within(candidate.file.clone()))
    });
    let wrong: Vec<Wrong> = differs.take(TOLD).collect();
    (!wrong.is_empty()).then_some(wrong)
}

fn work<'a>(candidate: &'a Candidate, user: Option<&'a User>) -> Work<'a> {
    let Some(hash) = &candidate.hash else { return Work::Nothing };
    match (HashFate::of(user), user.and_then(|user| user.password.as_ref())) {
        (HashFate::Stored, _) => Work::Store(hash),
        (HashFate::Compared, Some(stored)) => Work::Compare(hash, stored),
        _ => Work::Nothing,
    }
}

fn told(file: &str, wrong: &[Wrong]) -> BadFile {
    for Wrong { file: other, line, text } in wrong {
        let file = other.as_deref().unwrap_or(file);
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        eprintln!("{file}:{line}: {text}");
    }
    eprintln!("doorward: nothing was imported");
    BadFile
}

/// Tells what is wrong in a file.
pub fn refuse(file: &str, wrong: &[Wrong]) -> anyhow::Error {
    told(file, wrong).into()
}

/// What an import comes to.
#[derive(Default)]
struct Sums {
    added: usize,
    altered: usize,
    same: usize,
    /// Whose own password stays.
    kept: usize,
    /// Who cannot log in yet.
    without: usize,
}

impl Sums {
    fn count(&mut self, one: &Candidate, user: Option<&User>, sets: bool, is_told: bool) -> anyhow::Result<()> {
        let Candidate { arrival, hash, .. } = one;
        let Some(user) = user else {
            self.added += 1;
            self.without += usize::from(!sets);
            return tell(is_told, format_args!("add    {} ({})", arrival.login, arrival.realm));
        };
        let mut words = arrival.differences(user);
        words.extend(sets.then_some("password"));
        self.kept += usize::from(hash.is_some() && HashFate::of(Some(user)) == HashFate::Kept);
        if words.is_empty() {
            self.same += 1;
            return Ok(());
        }
        self.altered += 1;
        tell(is_told, format_args!("alter  {} ({}): {}", arrival.login, arrival.realm, words.join(", ")))
    }

    fn tell(&self, wishes: &Wishes<'_>) -> anyhow::Result<()> {
        let Self { added, altered, same, kept, without } = self;
        let (add, alter) = if wishes.is_dry { ("to add", "to alter") } else { ("added", "altered") };
        output::line(format_args!("{added} {add}, {altered} {alter}, {same} as they are."))?;
        if *kept > 0 {
            output::line(format_args!("{kept} have a password that was set here: it stays."))?;
        }
        if *without > 0 {
            output::line(format_args!("{without} have no password yet: `doorward user reset LOGIN` issues a code."))?;
        }
        if wishes.is_dry {
            output::line("Nothing was written.")?;
        }
        Ok(())
    }
}

fn tell(is_told: bool, text: impl Display) -> anyhow::Result<()> {
    if is_told {
        output::line(text)?;
    }
    Ok(())
}
