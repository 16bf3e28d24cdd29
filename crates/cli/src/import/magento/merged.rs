//! The routes of all modules together.

use std::collections::HashMap;
use std::sync::Arc;

use super::finding::{Findings, Place};
use super::webapi::{Declared, Parameter, Service};

/// A route, with what every module says about it.
#[derive(Debug)]
pub struct Merged {
    pub method: String,
    pub url: String,
    /// The module that declares it first.
    pub module: Arc<str>,
    pub place: Place,
    pub is_secure: bool,
    pub service: Option<Service>,
    pub resources: Vec<String>,
    pub parameters: Vec<(Parameter, Place)>,
}

/// Routes in the order in which they are first declared, each known by method and URL as they are written.
#[derive(Debug, Default)]
pub struct Routes {
    routes: Vec<Merged>,
    places: HashMap<(String, String), usize>,
}

impl Routes {
    /// Merges the file of one module: attributes and values overwrite, everything else is added and nothing taken away.
    pub fn merge(&mut self, declared: Vec<Declared>, module: &Arc<str>, file: &Arc<str>, findings: &mut Findings) {
        for declared in declared {
            let key = (declared.method.clone(), declared.url.clone());
            let place = *self.places.entry(key).or_insert(self.routes.len());
            if place == self.routes.len() {
                self.routes.push(Merged {
                    method: declared.method.clone(),
                    url: declared.url.clone(),
                    module: Arc::clone(module),
                    place: Place::new(file, declared.line),
                    is_secure: false,
                    service: None,
                    resources: Vec::new(),
                    parameters: Vec::new(),
                });
            }
            self.routes[place].take_in(declared, file, findings);
        }
    }

    /// The routes that are whole. What lacks its service or its resources is refused.
    pub fn whole(self, findings: &mut Findings) -> Vec<Merged> {
        let mut whole = Vec::with_capacity(self.routes.len());
        for route in self.routes {
            let lacks = match (route.service.is_some(), route.resources.is_empty()) {
                (true, false) => None,
                (false, false) => Some("a service"),
                (true, true) => Some("resources"),
                (false, true) => Some("a service and resources"),
            };
            match lacks {
                None => whole.push(route),
                Some(what) => {
                    let text = format!("{} {} is left out: no module gives it {what}", route.method, route.url);
                    findings.refuse(&route.place, text);
                }
            }
        }
        whole
    }
}

impl Merged {
    fn take_in(&mut self, declared: Declared, file: &Arc<str>, findings: &mut Findings) {
        let here = Place::new(file, declared.line);
        if let Some((meant, as_magento)) = declared.secure {
            self.is_secure = meant;
            if meant != as_magento {
                let text = format!(
                    "Magento takes `secure=\"false\"` for true; {} {} is imported as it was meant",
                    self.method, self.url
                );
                findings.warn(&here, text);
            }
        }
        if declared.has_array_limit {
            let text = format!(
                "{} {}: `input-array-size-limit` is not carried over; it stays Magento's to check",
                self.method, self.url
            );
            findings.warn(&here, text);
        }
        if declared.service.is_some() {
            self.service = declared.service;
        }
        for (resource, _) in declared.resources {
            if !self.resources.contains(&resource) {
                self.resources.push(resource);
            }
        }
        for parameter in declared.parameters {
            let place = Place::new(file, parameter.line);
            match self.parameters.iter_mut().find(|(known, _)| known.name == parameter.name) {
                Some((known, known_place)) => {
                    known.value = parameter.value;
                    known.force = parameter.force.or(known.force);
                    *known_place = place;
                }
                None => self.parameters.push((parameter, place)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::webapi::read;
    use super::super::xml::Element;
    use super::*;

    fn merged(files: &[&str]) -> (Vec<Merged>, Findings) {
        let (mut routes, mut findings) = (Routes::default(), Findings::default());
        for (place, text) in files.iter().enumerate() {
            let declared = read(&Element::parse(&format!("<routes>{text}</routes>")).expect("XML")).expect("routes");
            routes.merge(declared, &format!("M_{place}").into(), &format!("{place}.xml").into(), &mut findings);
        }
        (routes.whole(&mut findings), findings)
    }

    const FIRST: &str = r#"<route url="/V1/a" method="GET" secure="true"><service class="A" method="b"/>
        <resources><resource ref="self"/></resources>
        <data><parameter name="x" force="true">%customer_id%</parameter></data></route>"#;

    #[test]
    fn resources_are_only_added_and_all_else_is_overwritten() {
        let (routes, findings) = merged(&[
            FIRST,
            r#"<route url="/V1/a" method="GET" secure="0"><service class="C" method="d"/>
               <resources><resource ref="anonymous"/><resource ref="self"/></resources>
               <data><parameter name="x" force="false">7</parameter><parameter name="y"/></data></route>"#,
        ]);
        let [route] = &routes[..] else { panic!("{routes:?}") };
        assert_eq!(route.resources, ["self", "anonymous"]);
        assert_eq!((route.service.as_ref().map(|service| service.class.as_str()), route.is_secure), (Some("C"), false));
        let parameters: Vec<_> = route
            .parameters
            .iter()
            .map(|(one, place)| (one.name.as_str(), one.value.as_str(), one.force, place.to_string()))
            .collect();
        assert_eq!(parameters, [("x", "7", Some(false), "1.xml:3".into()), ("y", "", None, "1.xml:3".into())]);
        assert_eq!((&*route.module, route.place.to_string()), ("M_0", "0.xml:1".into()));
        assert!(findings.warnings.is_empty());
    }

    #[test]
    fn what_is_not_whole_after_the_merge_is_refused() {
        let (routes, findings) = merged(&[FIRST, r#"<route url="/V1/a/" method="GET"/>"#]);
        assert_eq!((routes.len(), findings.refused.len()), (1, 1));
        assert!(findings.refused[0].text.contains("no module gives it a service and resources"));
    }

    #[test]
    fn a_false_that_magento_takes_for_true_is_told() {
        let (routes, findings) = merged(&[&FIRST.replace("true\">", "false\">")]);
        assert!(!routes[0].is_secure);
        assert!(findings.warnings[0].text.contains("takes `secure=\"false\"` for true"));
    }
}
