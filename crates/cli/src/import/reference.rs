//! References within a document: `$ref`.

use serde_yaml_ng::Value;

/// A value, or the one within the document that it refers to.
///
/// # Errors
/// Why what it refers to cannot be found.
pub fn resolve<'v>(root: &'v Value, item: &'v Value) -> Result<&'v Value, String> {
    /// A reference may lead to another one, and those that lead in a circle to no end.
    const MOST: usize = 32;
    let mut found = item;
    for _ in 0..MOST {
        let Some(reference) = found.get("$ref") else { return Ok(found) };
        let reference = reference.as_str().ok_or("its `$ref` is no text")?;
        let Some(pointer) = reference.strip_prefix('#') else {
            return Err(format!("it is described in another file, {reference}"));
        };
        found = follow(root, pointer).ok_or_else(|| format!("the document has no {reference}"))?;
    }
    Err("its references lead in a circle".into())
}

/// What a JSON pointer in a fragment leads to (RFC 6901, section 6).
fn follow<'v>(root: &'v Value, pointer: &str) -> Option<&'v Value> {
    let mut steps = pointer.split('/');
    if !steps.next()?.is_empty() {
        return None;
    }
    steps.try_fold(root, |value, step| value.get(decoded(step).replace("~1", "/").replace("~0", "~")))
}

/// A text without its percent-encoding, as far as it has one.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        rest = match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                &after[2..]
            }
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
