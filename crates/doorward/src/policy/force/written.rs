//! Forced parameters, from rules as written.

use std::collections::BTreeMap;

use super::alias::Steps;
use super::{Force, Parameter, Value};
use crate::policy::pattern::Pattern;
use crate::policy::rules::ForceRule;

impl Force {
    /// Compiles the parameters of a route. JSON with them may go as deep as `deepest`.
    ///
    /// # Errors
    /// What is wrong, each with the key as it was written.
    pub(crate) fn compile(
        rules: &BTreeMap<String, ForceRule>,
        pattern: &Pattern,
        deepest: usize,
    ) -> Result<Option<Self>, Vec<(String, String)>> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut wrong = Vec::new();
        for (key, text, rule) in flatten(rules) {
            match parameter(&text, rule, pattern) {
                Ok(parameter) => match parameters.iter().find(|other| other.steps.collide(&parameter.steps)) {
                    Some(other) => wrong.push((key, format!("`{text}` and `{}` are in each other's way", other.steps))),
                    None => parameters.push(parameter),
                },
                Err(text) => wrong.push((key, text)),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok((!parameters.is_empty()).then(|| Self { parameters: parameters.into(), deepest }))
    }
}

/// The values of nested tables: the key for complaints, the path as text, and the value.
fn flatten(rules: &BTreeMap<String, ForceRule>) -> Vec<(String, String, &ForceRule)> {
    let mut flat = Vec::new();
    for (key, rule) in rules {
        match rule {
            ForceRule::Below(below) if !below.is_empty() => {
                let below = flatten(below).into_iter();
                flat.extend(below.map(|(at, text, rule)| (format!("{key}.{at}"), format!("{key}.{text}"), rule)));
            }
            _ => flat.push((key.clone(), key.clone(), rule)),
        }
    }
    flat
}

fn parameter(text: &str, rule: &ForceRule, pattern: &Pattern) -> Result<Parameter, String> {
    let steps = Steps::parse(text).ok_or_else(|| {
        format!(
            "`{text}` names no parameter: write `customerId` or `customer.id`, with letters and digits in each step"
        )
    })?;
    let value = match rule {
        ForceRule::Text(text) => Value::parse(text)?,
        ForceRule::Number(number) => Value::Literal((*number).into()),
        ForceRule::Truth(truth) => Value::Literal((*truth).into()),
        ForceRule::Below(_) => return Err(format!("`{text}` has no value")),
    };
    let in_path = pattern.parameters().find(|name| steps.is_alias(name)).map(Into::into);
    Ok(Parameter { steps, value, in_path })
}

impl Value {
    /// Reads a placeholder, or a text that means itself.
    ///
    /// # Errors
    /// When it is neither.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let Some(name) = text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')) else {
            let within = ["%user_id%", "%user_login%", "%attribute."].iter().find(|known| text.contains(**known));
            return match within {
                Some(known) => Err(format!("`{known}` stands alone, or not at all")),
                None => Ok(Self::Literal(text.into())),
            };
        };
        match name {
            "user_id" => Ok(Self::UserId),
            "user_login" => Ok(Self::UserLogin),
            _ => match name.strip_prefix("attribute.") {
                Some(name) if !name.is_empty() && !name.contains('%') => Ok(Self::Attribute(name.into())),
                _ => Err(format!("`{text}` is not `%user_id%`, `%user_login%` or `%attribute.NAME%`")),
            },
        }
    }
}
