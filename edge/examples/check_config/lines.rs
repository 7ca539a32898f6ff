//! Where in the file a field stands: the dotted place of a complaint becomes a line number.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file that was read with the place of each key and value.
pub struct Lines<'a> {
    text: &'a str,
    root: DeTable<'a>,
}

impl<'a> Lines<'a> {
    /// Reads `text`; and what makes it no TOML, all at once, each with its line.
    pub fn read(text: &'a str) -> (Self, Vec<(usize, String)>) {
        let (root, faults) = DeTable::parse_recoverable(text);
        let lines = Self { text, root: root.into_inner() };
        let told = faults.iter().map(|fault| {
            let at = fault.span().map_or(0, |span| span.start);
            (lines.at(at), fault.message().replace('\n', "; "))
        });
        let told = told.collect();
        (lines, told)
    }

    /// The line of `place`, for instance `routes[2].age`. Of a field that is missing it is its table's, of a table that is
    /// missing the file's first: that is where it can be put.
    pub fn of(&self, place: &str) -> usize {
        self.at(find(&self.root, place).unwrap_or(0))
    }

    /// The lines of the tables under `[[name]]`, each with the text of its `field`, in the file's order.
    pub fn list(&self, name: &str, field: &str) -> Vec<(usize, String)> {
        let Some(DeValue::Array(entries)) = self.root.get(name).map(Spanned::get_ref) else { return Vec::new() };
        let told = entries.iter().map(|entry| {
            let text = entry.get_ref().as_table().and_then(|table| table.get(field)?.get_ref().as_str());
            (self.at(entry.span().start), text.unwrap_or_default().to_owned())
        });
        told.collect()
    }

    fn at(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }
}

/// The offset of `place` within `table`, or of the innermost table on the way to it; none where not even that is there.
fn find(table: &DeTable, place: &str) -> Option<usize> {
    // A key may hold dots itself, so the longest that fits is meant.
    let fitting = table.iter().filter(|(key, _)| {
        let rest = place.strip_prefix(key.get_ref().as_ref());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    });
    let (key, value) = fitting.max_by_key(|(key, _)| key.get_ref().len())?;
    let mut at = key.span().start;
    let mut rest = place.get(key.get_ref().len()..).unwrap_or_default();
    let mut inner = value.get_ref();
    if let Some((number, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let entry = number.parse().ok().and_then(|number: usize| inner.as_array()?.get(number));
        let Some(entry) = entry else { return Some(at) };
        (at, rest, inner) = (entry.span().start, behind, entry.get_ref());
    }
    let deeper = inner.as_table().and_then(|inner| find(inner, rest.strip_prefix('.')?));
    Some(deeper.unwrap_or(at))
}
