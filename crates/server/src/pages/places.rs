//! Where an address is, by a file that an operator gives (MaxMind DB).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use doorward::policy::Language;
use maxminddb::Reader;
use serde::Deserialize;

use crate::files::{Wrong, open};

/// The file, in memory: replaced on the disk, it does not change under us.
pub(super) struct Places(Reader<Vec<u8>>);

const FIX: &str = "a file in the format MaxMind DB with cities or countries, such as GeoLite2-City.mmdb";

/// What we read of a record.
#[derive(Deserialize)]
struct Record<'d> {
    #[serde(borrow, default)]
    city: Named<'d>,
    #[serde(borrow, default)]
    country: Named<'d>,
}

/// Names by language.
#[derive(Default, Deserialize)]
struct Named<'d> {
    #[serde(borrow, default)]
    names: BTreeMap<&'d str, &'d str>,
}

impl Places {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub(super) fn read(path: &Path) -> Result<Self, Wrong> {
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut open(path)?, &mut content)
            .map_err(|error| (format!("cannot read {}: {error}", path.display()), FIX))?;
        let reader = Reader::from_source(content)
            .map_err(|error| (format!("{} is no MaxMind DB: {error}", path.display()), FIX))?;
        let kind = &reader.metadata().database_type;
        if !["City", "Country", "Enterprise"].iter().any(|known| kind.contains(known)) {
            return Err((format!("{} holds no places, but `{kind}`", path.display()), FIX));
        }
        let places = Self(reader);
        // The search of any address goes through the file's first node, and a broken file breaks there or in what it finds.
        let broken = |error| (format!("{} is broken: {error}", path.display()), FIX);
        for address in ["1.1.1.1", "203.0.113.1"] {
            places.find(address.parse().expect("an address")).map_err(broken)?;
        }
        Ok(places)
    }

    /// The place of an address, as people of a language call it. None where the file knows none.
    pub(super) fn of(&self, address: &str, language: Language) -> Option<String> {
        let address = address.parse::<IpAddr>().ok()?.to_canonical();
        let record =
            self.find(address).inspect_err(|error| tracing::warn!(%error, "`pages.geoip` is broken")).ok()??;
        let names = [record.city.name(language), record.country.name(language)];
        let place = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
        (!place.is_empty()).then_some(place)
    }

    fn find(&self, address: IpAddr) -> Result<Option<Record<'_>>, maxminddb::MaxMindDbError> {
        // A file of IPv4 alone knows no place of other addresses, which is no fault of it.
        if address.is_ipv6() && self.0.metadata().ip_version == 4 {
            return Ok(None);
        }
        self.0.lookup(address)?.decode()
    }
}

impl<'d> Named<'d> {
    fn name(&self, language: Language) -> Option<&'d str> {
        let names = &self.names;
        names.get(language.tag()).or_else(|| names.get("en")).or_else(|| names.values().next()).copied()
    }
}
