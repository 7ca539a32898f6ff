//! The part of a blob that is needed where customers are served.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Metadata, MetadataEntry};

/// The longest picture that is taken over, in characters of base64: the service asks for 32 by 32 pixels.
const LONGEST_ICON: usize = 16_384;

#[derive(Serialize)]
struct Summary<'a> {
    number: u64,
    next_update: &'a str,
    models: BTreeMap<String, Model<'a>>,
}

#[derive(Serialize)]
struct Model<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compromised: Option<&'a str>,
}

pub(super) fn of(metadata: &Metadata) -> String {
    let models = metadata.models.iter().map(|(aaguid, entry)| (uuid(aaguid), model(entry))).collect();
    let summary = Summary { number: metadata.number, next_update: &metadata.next_update, models };
    // Texts and whole numbers alone: there is nothing in it that JSON cannot say.
    serde_json::to_string(&summary).unwrap_or_default()
}

fn model(entry: &MetadataEntry) -> Model<'_> {
    let icon = entry.icon.as_deref().and_then(|url| url.strip_prefix("data:image/png;base64,"));
    Model {
        name: &entry.description,
        icon: icon.filter(|text| text.len() <= LONGEST_ICON),
        compromised: if entry.compromised { entry.report() } else { None },
    }
}

/// An AAGUID as it is written everywhere.
fn uuid(aaguid: &[u8; 16]) -> String {
    let mut text: String = aaguid.iter().map(|byte| format!("{byte:02x}")).collect();
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text
}
