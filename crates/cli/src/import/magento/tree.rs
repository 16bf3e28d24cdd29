//! The tree of resources of all modules together.

use std::collections::HashMap;
use std::sync::Arc;

use super::acl::Declared;
use super::finding::{Findings, Place};

/// A resource and those below it, in the order in which people see them.
#[derive(Clone, Debug)]
pub struct Resource {
    pub id: String,
    pub title: Option<String>,
    pub children: Vec<Resource>,
}

/// The tree while modules are merged into it. A resource is known by its id below the same parent.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    roots: Vec<usize>,
}

#[derive(Debug)]
struct Node {
    id: String,
    title: Option<String>,
    sort_order: i32,
    is_disabled: bool,
    children: Vec<usize>,
    place: Place,
}

impl Tree {
    /// Merges the file of one module: what is new is added, what is there is overwritten.
    pub fn merge(&mut self, resources: Vec<Declared>, file: &Arc<str>) {
        for resource in resources {
            self.plant(resource, None, file);
        }
    }

    fn plant(&mut self, declared: Declared, parent: Option<usize>, file: &Arc<str>) {
        let siblings = parent.map_or(&self.roots, |parent| &self.nodes[parent].children);
        let known = siblings.iter().copied().find(|node| self.nodes[*node].id == declared.id);
        let place = known.unwrap_or_else(|| {
            let place = self.nodes.len();
            self.nodes.push(Node {
                id: declared.id,
                title: None,
                sort_order: 0,
                is_disabled: false,
                children: Vec::new(),
                place: Place::new(file, declared.line),
            });
            match parent {
                Some(parent) => self.nodes[parent].children.push(place),
                None => self.roots.push(place),
            }
            place
        });
        let node = &mut self.nodes[place];
        if declared.title.is_some() {
            node.title = declared.title;
        }
        node.sort_order = declared.sort_order.unwrap_or(node.sort_order);
        node.is_disabled = declared.disabled.unwrap_or(node.is_disabled);
        for child in declared.children {
            self.plant(child, Some(place), file);
        }
    }

    /// The finished tree: sorted, without what is switched off, and each id in one place.
    pub fn grown(self, findings: &mut Findings) -> Vec<Resource> {
        let mut seen = HashMap::new();
        self.pick(&self.roots, &mut seen, findings)
    }

    fn pick(&self, nodes: &[usize], seen: &mut HashMap<String, Place>, findings: &mut Findings) -> Vec<Resource> {
        let mut sorted: Vec<&Node> = nodes.iter().map(|node| &self.nodes[*node]).collect();
        sorted.sort_by_key(|node| node.sort_order);
        let mut picked = Vec::new();
        for node in sorted.into_iter().filter(|node| !node.is_disabled) {
            if let Some(first) = seen.get(&node.id) {
                let text =
                    format!("`{}` is left out here, with all below it: it lies at another place, {first}", node.id);
                findings.refuse(&node.place, text);
                continue;
            }
            seen.insert(node.id.clone(), node.place.clone());
            if node.title.is_none() {
                let text = format!(
                    "no module gives `{}` a title: is the one that declares it missing, or the id wrong?",
                    node.id
                );
                findings.warn(&node.place, text);
            }
            let children = self.pick(&node.children, seen, findings);
            picked.push(Resource { id: node.id.clone(), title: node.title.clone(), children });
        }
        picked
    }
}

impl Resource {
    /// It and all below it, parents first.
    pub fn all<'r>(resources: &'r [Self], into: &mut Vec<&'r Self>) {
        for resource in resources {
            into.push(resource);
            Self::all(&resource.children, into);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::acl::read;
    use super::super::xml::Element;
    use super::*;

    fn grown(files: &[&str]) -> (String, Findings) {
        let mut tree = Tree::default();
        for (place, resources) in files.iter().enumerate() {
            let text = format!("<config><acl><resources>{resources}</resources></acl></config>");
            let resources = read(&Element::parse(&text).expect("XML")).expect("resources");
            tree.merge(resources, &format!("{place}.xml").into());
        }
        let mut findings = Findings::default();
        let resources = tree.grown(&mut findings);
        (shape(&resources), findings)
    }

    fn shape(resources: &[Resource]) -> String {
        let one = |resource: &Resource| {
            let below =
                if resource.children.is_empty() { String::new() } else { format!("({})", shape(&resource.children)) };
            format!("{}{below}", resource.id.rsplit(':').next().unwrap_or_default())
        };
        resources.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn files_are_merged_at_the_same_place_and_sorted() {
        let (shape, findings) = grown(&[
            r#"<resource id="AB_Cd::a" title="One"><resource id="AB_Cd::z" title="Two" sortOrder="20"/></resource>"#,
            r#"<resource id="AB_Cd::a"><resource id="AB_Cd::y" title="Three" sortOrder="10"/><resource id="AB_Cd::x" title="Four"/>
               <resource id="AB_Cd::z" sortOrder="-1"/></resource>"#,
        ]);
        assert_eq!(shape, "a(z x y)");
        assert!(findings.warnings.is_empty() && findings.refused.is_empty());
    }

    #[test]
    fn what_is_switched_off_goes_with_all_below_unless_a_later_module_switches_it_on() {
        let off =
            r#"<resource id="AB_Cd::a" title="One" disabled="true"><resource id="AB_Cd::b" title="Two"/></resource>"#;
        assert_eq!(grown(&[off]).0, "");
        assert_eq!(grown(&[off, r#"<resource id="AB_Cd::a" disabled="false"/>"#]).0, "a(b)");
    }

    #[test]
    fn an_id_at_two_places_stays_at_the_first_and_a_missing_title_is_told() {
        let (shape, findings) = grown(&[
            r#"<resource id="AB_Cd::a" title="One"><resource id="AB_Cd::c" title="Two"/></resource>"#,
            r#"<resource id="AB_Cd::b"><resource id="AB_Cd::c"><resource id="AB_Cd::d" title="Three"/></resource></resource>"#,
        ]);
        assert_eq!(shape, "a(c) b");
        assert_eq!(findings.refused.len(), 1);
        assert!(findings.refused[0].to_string().starts_with("1.xml:1: `AB_Cd::c` is left out here"));
        assert!(findings.warnings[0].text.contains("gives `AB_Cd::b` a title"));
    }
}
