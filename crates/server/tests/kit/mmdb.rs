//! A file in the format MaxMind DB, with a few places of IPv4.

use std::net::Ipv4Addr;

/// A value of the format.
pub enum Value {
    Text(&'static str),
    Short(u16),
    Word(u32),
    Long(u64),
    List(Vec<Value>),
    Map(Vec<(&'static str, Value)>),
}

use Value::{List, Long, Map, Short, Text, Word};

/// A place: names of its city and its country by language.
pub fn place(city: &[(&'static str, &'static str)], country: &[(&'static str, &'static str)]) -> Value {
    let names = |names: &[(&'static str, &'static str)]| {
        Map(vec![("names", Map(names.iter().map(|(language, name)| (*language, Text(name))).collect()))])
    };
    Map(vec![("city", names(city)), ("country", names(country))])
}

/// The file: a tree of addresses, what they lead to, and what the file is.
pub fn file(kind: &'static str, networks: &[(Ipv4Addr, u8, Value)]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut nodes = vec![[None; 2]];
    for (address, length, value) in networks {
        let offset = data.len();
        write(value, &mut data);
        let (mut node, bits) = (0, address.to_bits());
        for depth in 0..*length {
            let side = usize::from(bits >> (31 - depth) & 1 == 1);
            if depth + 1 == *length {
                nodes[node][side] = Some(Leads::To(offset));
                break;
            }
            node = match nodes[node][side] {
                Some(Leads::On(next)) => next,
                _ => {
                    nodes.push([None; 2]);
                    let next = nodes.len() - 1;
                    nodes[node][side] = Some(Leads::On(next));
                    next
                }
            };
        }
    }
    let count = nodes.len();
    let record = |leads: &Option<Leads>| match leads {
        None => count,
        Some(Leads::On(next)) => *next,
        Some(Leads::To(offset)) => count + 16 + offset,
    };
    let mut file: Vec<u8> = Vec::new();
    for leads in nodes.iter().flatten() {
        file.extend(&u32::try_from(record(leads)).expect("a small file").to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let about = Map(vec![
        ("node_count", Word(u32::try_from(count).expect("a small file"))),
        ("record_size", Short(24)),
        ("ip_version", Short(4)),
        ("database_type", Text(kind)),
        ("languages", List(vec![Text("en"), Text("de")])),
        ("binary_format_major_version", Short(2)),
        ("binary_format_minor_version", Short(0)),
        ("build_epoch", Long(1_750_000_000)),
        ("description", Map(vec![("en", Text("A few places"))])),
    ]);
    write(&about, &mut file);
    file
}

/// Where a bit of an address leads.
#[derive(Clone, Copy)]
enum Leads {
    On(usize),
    To(usize),
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Text(text) => {
            head(2, text.len(), out);
            out.extend(text.bytes());
        }
        Short(number) => {
            head(5, 2, out);
            out.extend(number.to_be_bytes());
        }
        Word(number) => {
            head(6, 4, out);
            out.extend(number.to_be_bytes());
        }
        Long(number) => {
            head(9, 8, out);
            out.extend(number.to_be_bytes());
        }
        List(items) => {
            head(11, items.len(), out);
            items.iter().for_each(|item| write(item, out));
        }
        Map(members) => {
            head(7, members.len(), out);
            for (name, value) in members {
                write(&Text(name), out);
                write(value, out);
            }
        }
    }
}

/// The type and the length of what follows.
fn head(kind: u8, length: usize, out: &mut Vec<u8>) {
    let long = length >= 29;
    let short = if long { 29 } else { u8::try_from(length).expect("it is short") };
    match kind {
        8.. => out.extend([short, kind - 7]),
        _ => out.push(kind << 5 | short),
    }
    if long {
        out.push(u8::try_from(length - 29).expect("no text of the tests is that long"));
    }
}
