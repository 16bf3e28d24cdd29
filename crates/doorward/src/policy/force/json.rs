//! Forcing JSON.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::ForceError;
use super::alias::{Relation, Steps};

/// `text` without any alias of `paths`, and with the values of `set` in place. Everything else keeps its order and its
/// very text, numbers included. Objects and lists may stand within each other up to `deepest`.
pub(super) fn force(
    text: &str,
    deepest: usize,
    paths: &[&Steps],
    set: &[(&Steps, &Value)],
) -> Result<String, ForceError> {
    if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
        return object(&[], 0, paths, set);
    }
    inspect(text, deepest)?;
    let raw = serde_json::from_str::<&RawValue>(text).map_err(|_| ForceError::Malformed)?;
    rewrite(raw.get(), 0, paths, set)
}

/// Rewrites the object that the first `depth` steps of the paths lead to.
fn rewrite(raw: &str, depth: usize, paths: &[&Steps], set: &[(&Steps, &Value)]) -> Result<String, ForceError> {
    if !raw.starts_with('{') {
        return Err(ForceError::ScalarOnTheWay);
    }
    let Members(members) = serde_json::from_str(raw).map_err(|_| ForceError::Malformed)?;
    object(&members, depth, paths, set)
}

fn object(
    members: &[(String, &RawValue)],
    depth: usize,
    paths: &[&Steps],
    set: &[(&Steps, &Value)],
) -> Result<String, ForceError> {
    let mut written: Vec<&Steps> = Vec::new();
    let mut out = Vec::new();
    let chosen = chosen(members, depth, paths);
    for (place, (key, value)) in members.iter().enumerate() {
        let related = |wanted| paths.iter().find(move |path| path.relate_key(depth, key) == wanted);
        if let Some(path) = related(Relation::OnTheWay) {
            let name = path.written(depth);
            if !value.get().starts_with('{') {
                return Err(ForceError::ScalarOnTheWay);
            }
            if chosen.get(name) == Some(&place) {
                let (paths, set) = below(path, depth + 1, paths, set);
                out.push((name.to_owned(), rewrite(value.get(), depth + 1, &paths, &set)?));
                written.push(path);
            }
        } else if related(Relation::Alias).is_none() {
            out.push((key.clone(), value.get().to_owned()));
        }
    }
    for (path, value) in set {
        let name = path.written(depth);
        if written.iter().any(|other| other.begins_like(path, depth + 1)) {
            continue;
        }
        let text = if path.len() == depth + 1 {
            value.to_string()
        } else {
            let (paths, set) = below(path, depth + 1, paths, set);
            object(&[], depth + 1, &paths, &set)?
        };
        out.push((name.to_owned(), text));
        written.push(path);
    }
    let members = out.iter().map(|(key, value)| format!("{}:{value}", Value::from(key.as_str())));
    Ok(format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
}

/// Of the members that may be taken for a step, the one that stands for all of them, by the step as the rule spells it:
/// the one that is spelled so too, or whichever comes first. One look at each member: bodies may have very many.
fn chosen<'a>(members: &[(String, &RawValue)], depth: usize, paths: &[&'a Steps]) -> HashMap<&'a str, usize> {
    let mut chosen: HashMap<&str, usize> = HashMap::new();
    for (place, (key, _)) in members.iter().enumerate() {
        let on_the_way = paths.iter().find(|path| path.relate_key(depth, key) == Relation::OnTheWay);
        let Some(name) = on_the_way.map(|path| path.written(depth)) else { continue };
        if key == name {
            chosen.insert(name, place);
        } else {
            chosen.entry(name).or_insert(place);
        }
    }
    chosen
}

/// The paths and values that lead through the first `depth` steps of `path`.
fn below<'a>(
    path: &Steps,
    depth: usize,
    paths: &[&'a Steps],
    set: &[(&'a Steps, &'a Value)],
) -> (Vec<&'a Steps>, Vec<(&'a Steps, &'a Value)>) {
    let paths = paths.iter().copied().filter(|other| other.len() > depth && other.begins_like(path, depth));
    let set = set.iter().copied().filter(|(other, _)| other.len() > depth && other.begins_like(path, depth));
    (paths.collect(), set.collect())
}

/// The members of an object, in order, their values as they were written.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// Refuses what two readers may read differently: keys that come twice, too deep a body, NUL, half a surrogate pair.
fn inspect(text: &str, deepest: usize) -> Result<(), ForceError> {
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let inspected = Inspection { room: deepest, found: &mut found }.deserialize(&mut deserializer);
    match (inspected.and_then(|()| deserializer.end()), found) {
        (_, Some(error)) => Err(error),
        (Err(_), None) => Err(ForceError::Malformed),
        (Ok(()), None) => Ok(()),
    }
}

struct Inspection<'f> {
    /// So many levels may still follow.
    room: usize,
    found: &'f mut Option<ForceError>,
}

impl Inspection<'_> {
    fn refuse<E: serde::de::Error>(self, error: ForceError) -> Result<(), E> {
        *self.found = Some(error);
        Err(E::custom(error))
    }

    fn go_down<E: serde::de::Error>(&mut self) -> Result<(), E> {
        let Some(room) = self.room.checked_sub(1) else {
            *self.found = Some(ForceError::TooDeep);
            return Err(E::custom(ForceError::TooDeep));
        };
        self.room = room;
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Inspection<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inspection<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if text.contains('\0') { self.refuse(ForceError::Malformed) } else { Ok(()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.go_down()?;
        while items.next_element_seed(Inspection { room: self.room, found: self.found })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.go_down()?;
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if key.contains('\0') {
                return self.refuse(ForceError::Malformed);
            }
            if !keys.insert(key) {
                return self.refuse(ForceError::DuplicateKey);
            }
            map.next_value_seed(Inspection { room: self.room, found: self.found })?;
        }
        Ok(())
    }
}
