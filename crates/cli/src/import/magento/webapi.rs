//! `etc/webapi.xml`: what one module says about routes.

use super::finding::Wrong;
use super::schema::{check, in_order, required, truth};
use super::xml::Element;

/// A route, or a part of one that another module declares.
#[derive(Debug)]
pub struct Declared {
    pub method: String,
    pub url: String,
    pub line: usize,
    /// `secure`, as it was meant, and as Magento takes it.
    pub secure: Option<(bool, bool)>,
    pub service: Option<Service>,
    /// What it asks for.
    pub resources: Vec<(String, usize)>,
    pub parameters: Vec<Parameter>,
    pub has_array_limit: bool,
}

/// The code that answers.
#[derive(Clone, Debug)]
pub struct Service {
    pub class: String,
    pub method: String,
}

/// A value that the request gets from the route.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub value: String,
    /// Whether it replaces what the client sent.
    pub force: Option<bool>,
    pub line: usize,
}

const METHODS: [&str; 4] = ["GET", "PUT", "POST", "DELETE"];

/// Reads the routes of a file.
///
/// # Errors
/// All that its schema does not allow.
pub fn read(root: &Element) -> Result<Vec<Declared>, Vec<Wrong>> {
    let mut wrong = Vec::new();
    if root.name != "routes" {
        return Err(vec![Wrong::new(root.line, format!("the root is `routes`, and not `{}`", root.name))]);
    }
    check(root, &[], &["route"], &mut wrong);
    let routes = root.children.iter().filter(|child| child.name == "route");
    let declared = routes.map(|route| read_route(route, &mut wrong)).collect();
    if wrong.is_empty() { Ok(declared) } else { Err(wrong) }
}

fn read_route(route: &Element, wrong: &mut Vec<Wrong>) -> Declared {
    const ORDER: [&str; 3] = ["service", "resources", "data"];
    check(route, &["method", "url", "secure", "soapOperation"], &ORDER, wrong);
    in_order(route, &ORDER, wrong);
    let method = required(route, "method", wrong);
    if !method.is_empty() && !METHODS.contains(&method) {
        wrong.push(Wrong::new(route.line, format!("`{method}` is none of GET, PUT, POST and DELETE")));
    }
    let meant = truth(route, "secure", wrong);
    let as_magento = route.attribute("secure").is_some_and(|text| !matches!(text, "" | "0"));
    let mut declared = Declared {
        method: method.to_owned(),
        url: required(route, "url", wrong).to_owned(),
        line: route.line,
        secure: meant.map(|meant| (meant, as_magento)),
        service: None,
        resources: Vec::new(),
        parameters: Vec::new(),
        has_array_limit: false,
    };
    for child in &route.children {
        match child.name.as_str() {
            "service" => {
                check(child, &["class", "method"], &[], wrong);
                let class = required(child, "class", wrong).to_owned();
                declared.service = Some(Service { class, method: required(child, "method", wrong).to_owned() });
            }
            "resources" => {
                check(child, &[], &["resource"], wrong);
                if child.children.is_empty() {
                    wrong.push(Wrong::new(child.line, "`resources` needs a `resource`"));
                }
                for resource in child.children.iter().filter(|child| child.name == "resource") {
                    check(resource, &["ref"], &[], wrong);
                    declared.resources.push((required(resource, "ref", wrong).to_owned(), resource.line));
                }
            }
            "data" => read_data(child, &mut declared, wrong),
            _ => {}
        }
    }
    declared
}

fn read_data(data: &Element, declared: &mut Declared, wrong: &mut Vec<Wrong>) {
    check(data, &["input-array-size-limit"], &["parameter"], wrong);
    if let Some(limit) = data.attribute("input-array-size-limit") {
        declared.has_array_limit = true;
        if limit.trim().parse::<u64>().is_err() {
            wrong.push(Wrong::new(data.line, "`input-array-size-limit` is a whole number, 0 or more"));
        }
    }
    for parameter in data.children.iter().filter(|child| child.name == "parameter") {
        // The last two are carried along by Magento, and mean nothing.
        check(parameter, &["name", "force", "source", "method"], &[], wrong);
        declared.parameters.push(Parameter {
            name: required(parameter, "name", wrong).to_owned(),
            value: parameter.text.clone(),
            force: truth(parameter, "force", wrong),
            line: parameter.line,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<(usize, String)> {
        let root = Element::parse(text).expect("XML");
        read(&root).expect_err(text).into_iter().map(|wrong| (wrong.line, wrong.text)).collect()
    }

    #[test]
    fn a_route_is_read_with_all_its_parts() {
        let text = r#"<routes><route url="/V1/a/:id" method="PUT" secure="false" soapOperation="b">
            <service class="A\B" method="c"/>
            <resources><resource ref="self"/><resource ref="A_B::c"/></resources>
            <data input-array-size-limit="7"><parameter name="x.y" force="1"> %customer_id%</parameter></data>
        </route></routes>"#;
        let routes = read(&Element::parse(text).expect("XML")).expect("routes");
        let route = &routes[0];
        assert_eq!(
            (route.method.as_str(), route.url.as_str(), route.secure),
            ("PUT", "/V1/a/:id", Some((false, true)))
        );
        assert_eq!(route.service.as_ref().map(|service| service.class.as_str()), Some("A\\B"));
        assert_eq!(route.resources.len(), 2);
        let parameter = &route.parameters[0];
        assert_eq!(
            (parameter.name.as_str(), parameter.value.as_str(), parameter.force),
            ("x.y", " %customer_id%", Some(true))
        );
        assert!(route.has_array_limit);
    }

    #[test]
    fn each_slip_is_told_with_its_line() {
        let text = "<routes>\n<route url=\"/V1/a\" method=\"get\" sort=\"1\">\n<resources/>\n<service class=\"A\"/>\n\
                    <data input-array-size-limit=\"-1\"><parameter force=\"yes\"/></data>\n<data/>x</route>\n<rout/></routes>";
        let told = wrong(text);
        for (line, part) in [
            (2, "no attribute `sort`"),
            (2, "none of GET"),
            (2, "holds no text"),
            (3, "needs a `resource`"),
            (4, "stands before `resources`"),
            (4, "needs the attribute `method`"),
            (5, "whole number"),
            (5, "needs the attribute `name`"),
            (5, "`true` or `false`"),
            (6, "`data` is there twice"),
            (7, "`rout` has no place"),
        ] {
            assert!(told.iter().any(|(at, text)| *at == line && text.contains(part)), "{line} {part}: {told:?}");
        }
        assert_eq!(told.len(), 11, "{told:?}");
        assert_eq!(wrong("<config/>").len(), 1);
    }
}
