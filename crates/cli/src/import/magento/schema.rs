//! The rules that both kinds of files share: which elements and attributes may stand where.

use super::finding::Wrong;
use super::xml::Element;

/// Complains about attributes and children that have no place, and about text where there should be none.
pub fn check(element: &Element, attributes: &[&str], children: &[&str], wrong: &mut Vec<Wrong>) {
    let mut complain = |line: usize, text: String| wrong.push(Wrong::new(line, text));
    for (name, _) in &element.attributes {
        if !attributes.contains(&name.as_str()) {
            complain(element.line, format!("`{}` has no attribute `{name}`", element.name));
        }
    }
    for child in &element.children {
        if !children.contains(&child.name.as_str()) {
            complain(child.line, format!("`{}` has no place in `{}`", child.name, element.name));
        }
    }
    if element.name != "parameter" && !element.text.trim().is_empty() {
        complain(element.line, format!("`{}` holds no text", element.name));
    }
}

/// Complains about children that are out of order, or there twice, where each may be there once.
pub fn in_order(element: &Element, order: &[&str], wrong: &mut Vec<Wrong>) {
    let mut last: Option<(usize, &str)> = None;
    for child in &element.children {
        let Some(rank) = order.iter().position(|name| *name == child.name) else { continue };
        match last {
            Some((before, _)) if before == rank => {
                wrong.push(Wrong::new(child.line, format!("`{}` is there twice", child.name)));
            }
            Some((before, other)) if before > rank => {
                wrong.push(Wrong::new(child.line, format!("`{}` stands before `{other}`", child.name)));
            }
            _ => last = Some((rank, order[rank])),
        }
    }
}

/// An attribute that must be there and hold something.
pub fn required<'e>(element: &'e Element, name: &str, wrong: &mut Vec<Wrong>) -> &'e str {
    let value = element.attribute(name).unwrap_or_default();
    if value.is_empty() {
        wrong.push(Wrong::new(element.line, format!("`{}` needs the attribute `{name}`", element.name)));
    }
    value
}

/// A truth value as XML Schema has it.
pub fn truth(element: &Element, name: &str, wrong: &mut Vec<Wrong>) -> Option<bool> {
    match element.attribute(name)?.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        other => {
            wrong.push(Wrong::new(element.line, format!("`{name}` is `true` or `false`, and not `{other}`")));
            None
        }
    }
}

/// The only child of this name, which must be there.
pub fn only<'e>(element: &'e Element, name: &str, wrong: &mut Vec<Wrong>) -> Option<&'e Element> {
    let mut named = element.children.iter().filter(|child| child.name == name);
    let first = named.next();
    if first.is_none() {
        wrong.push(Wrong::new(element.line, format!("`{}` needs a `{name}`", element.name)));
    }
    if let Some(second) = named.next() {
        wrong.push(Wrong::new(second.line, format!("`{name}` is there twice")));
    }
    first
}
