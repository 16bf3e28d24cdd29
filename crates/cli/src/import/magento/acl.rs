//! `etc/acl.xml`: what one module says about resources.

use std::collections::HashMap;

use super::finding::Wrong;
use super::schema::{check, only, required, truth};
use super::xml::Element;

/// A resource, or one of another module that something is put below.
#[derive(Debug)]
pub struct Declared {
    pub id: String,
    pub title: Option<String>,
    pub sort_order: Option<i32>,
    /// Only the literal `true` switches a resource off: Magento takes `1` for nothing.
    pub disabled: Option<bool>,
    pub children: Vec<Declared>,
    pub line: usize,
}

/// As long as an id may be in rules.
const LONGEST_ID: usize = 128;

/// Reads the resources of a file.
///
/// # Errors
/// All that its schema does not allow.
pub fn read(root: &Element) -> Result<Vec<Declared>, Vec<Wrong>> {
    let mut wrong = Vec::new();
    if root.name != "config" {
        return Err(vec![Wrong::new(root.line, format!("the root is `config`, and not `{}`", root.name))]);
    }
    check(root, &[], &["acl"], &mut wrong);
    let acl = only(root, "acl", &mut wrong);
    let resources = acl.and_then(|acl| {
        check(acl, &[], &["resources"], &mut wrong);
        only(acl, "resources", &mut wrong)
    });
    let mut seen = HashMap::new();
    let declared = resources.map(|resources| {
        check(resources, &[], &["resource"], &mut wrong);
        read_all(resources, &mut seen, &mut wrong)
    });
    if wrong.is_empty() { Ok(declared.unwrap_or_default()) } else { Err(wrong) }
}

fn read_all<'e>(parent: &'e Element, seen: &mut HashMap<&'e str, usize>, wrong: &mut Vec<Wrong>) -> Vec<Declared> {
    let resources = parent.children.iter().filter(|child| child.name == "resource");
    resources.map(|resource| read_one(resource, seen, wrong)).collect()
}

fn read_one<'e>(resource: &'e Element, seen: &mut HashMap<&'e str, usize>, wrong: &mut Vec<Wrong>) -> Declared {
    check(resource, &["id", "title", "translate", "sortOrder", "disabled"], &["resource"], wrong);
    let mut complain = |text: String| wrong.push(Wrong::new(resource.line, text));
    let id = resource.attribute("id").unwrap_or_default();
    if !id.is_empty() {
        if !is_id(id) || id.len() > LONGEST_ID {
            complain(format!("`{id}` is no id of a resource, such as `Vendor_Module::thing`"));
        }
        if let Some(first) = seen.insert(id, resource.line) {
            complain(format!("`{id}` is in this file already, on line {first}"));
        }
    }
    let title = resource.attribute("title");
    if title.is_some_and(|title| !(3..=50).contains(&title.chars().count())) {
        complain(format!("the title of `{id}` has fewer than 3 or more than 50 characters"));
    }
    let sort_order = resource.attribute("sortOrder").map(|text| text.trim().parse::<i32>());
    if matches!(sort_order, Some(Err(_))) {
        complain(format!("the sortOrder of `{id}` is no whole number"));
    }
    required(resource, "id", wrong);
    let is_stated = truth(resource, "disabled", wrong).is_some();
    Declared {
        id: id.to_owned(),
        title: title.map(str::to_owned),
        sort_order: sort_order.and_then(Result::ok),
        disabled: is_stated.then(|| resource.attribute("disabled") == Some("true")),
        children: read_all(resource, seen, wrong),
        line: resource.line,
    }
}

/// `([A-Z]+[a-zA-Z0-9]{1,}){1,}_[A-Z]+[A-Z0-9a-z]{1,}::[A-Za-z_0-9]{1,}`
fn is_id(text: &str) -> bool {
    let is_part = |part: &str| {
        let begins = part.starts_with(|c: char| c.is_ascii_uppercase());
        begins && part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let Some((module, thing)) = text.split_once("::") else { return false };
    let Some((vendor, name)) = module.split_once('_') else { return false };
    let is_thing = !thing.is_empty() && thing.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_part(vendor) && is_part(name) && is_thing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(resources: &str) -> String {
        format!("<config><acl><resources>\n{resources}\n</resources></acl></config>")
    }

    fn wrong(text: &str) -> Vec<(usize, String)> {
        let root = Element::parse(text).expect("XML");
        read(&root).expect_err(text).into_iter().map(|wrong| (wrong.line, wrong.text)).collect()
    }

    #[test]
    fn ids_are_those_that_the_schema_of_magento_takes() {
        for id in ["Magento_Backend::all", "Magento_Cms::save_design", "A1_B2::_", "AB_Cd::9"] {
            assert!(is_id(id), "{id}");
        }
        for id in [
            "",
            "Magento_Backend",
            "magento_Backend::all",
            "Magento_backend::all",
            "M_Backend::all",
            "A1_B2_C3::x",
            "Magento_Backend::",
            "Magento_Backend::a-b",
            "Magento::all",
            "Magento_Backend::a::b",
        ] {
            assert!(!is_id(id), "{id}");
        }
    }

    #[test]
    fn only_the_word_true_switches_a_resource_off() {
        let text =
            file(r#"<resource id="AB_Cd::a" disabled="1" sortOrder="-3"/><resource id="AB_Cd::b" disabled="true"/>"#);
        let read = read(&Element::parse(&text).expect("XML")).expect("resources");
        assert_eq!((read[0].disabled, read[0].sort_order, read[1].disabled), (Some(false), Some(-3), Some(true)));
    }

    #[test]
    fn each_slip_is_told_with_its_line() {
        let told = wrong(&file(
            "<resource id=\"AB_Cd::a\" title=\"x\">\n<resource id=\"AB_Cd::a\" sortOrder=\"first\"/>\n</resource>\n\
             <resource title=\"No id\" disabled=\"yes\" icon=\"y\"/>\n<resource id=\"ab\"/><route/>",
        ));
        for (line, part) in [
            (2, "fewer than 3"),
            (3, "already, on line 2"),
            (3, "no whole number"),
            (5, "needs the attribute `id`"),
            (5, "no attribute `icon`"),
            (5, "`true` or `false`"),
            (6, "no id of a resource"),
            (6, "`route` has no place"),
        ] {
            assert!(told.iter().any(|(at, text)| *at == line && text.contains(part)), "{line} {part}: {told:?}");
        }
        assert_eq!(told.len(), 8, "{told:?}");
        assert!(wrong("<config/>")[0].1.contains("needs a `acl`"));
        assert!(wrong("<config><acl><resources/><resources/></acl></config>")[0].1.contains("twice"));
    }
}
