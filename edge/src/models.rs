//! What the operator knows of authenticator models: their names and pictures for the customer's list, and which of them
//! are not to be trusted any more.

use crate::config::Complaint;
use serde::Deserialize;
use std::collections::HashMap;

/// Models by their number (AAGUID), from the summary of a verified FIDO metadata blob.
///
/// A model number is what an authenticator says of itself. Without attestation anybody may write any: it is good for a
/// label, and for warning the honest owner of a broken device; it keeps nobody out who lies.
#[derive(Clone, Debug, Default)]
pub struct Models(HashMap<[u8; 16], Model>);

/// One model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Its picture, a PNG in base64.
    #[serde(default)]
    pub icon: Option<String>,
    /// The report that its keys or its user verification are broken.
    #[serde(default)]
    pub compromised: Option<String>,
}

#[derive(Deserialize)]
struct Summary {
    #[serde(default)]
    models: HashMap<String, Model>,
}

impl Models {
    /// Reads a summary: `{"models": {"<AAGUID>": {"name", "icon"?, "compromised"?}}}`, or `{}` where no model is known. An empty text is
    /// none: it is what a summary that failed leaves behind.
    ///
    /// # Errors
    /// One complaint where the text is not of that form; it names the model where it is one model's fault.
    ///
    /// ```
    /// use sekisho_edge::Models;
    /// let models = Models::parse(r#"{"models": {"00112233-4455-6677-8899-aabbccddeeff": {"name": "A key"}}}"#)?;
    /// let aaguid = 0x00112233_4455_6677_8899_aabbccddeeff_u128.to_be_bytes();
    /// assert_eq!(models.get(&aaguid).map(|model| model.name.as_str()), Some("A key"));
    /// # Ok::<(), sekisho_edge::Complaint>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        let complaint = |problem: String| Complaint { place: "authenticators.json".to_owned(), problem };
        let summary: Summary = crate::wire::read(text.as_bytes()).map_err(|fault| complaint(fault.to_string()))?;
        let models = summary.models.into_iter().map(|(name, model)| match number(&name) {
            Some(aaguid) => Ok((aaguid, model)),
            None => {
                Err(complaint(format!("models.{name}: is no AAGUID, 32 hexadecimal digits with or without dashes")))
            }
        });
        models.collect::<Result<_, _>>().map(Self)
    }

    /// The model with this number.
    pub fn get(&self, aaguid: &[u8; 16]) -> Option<&Model> {
        self.0.get(aaguid)
    }
}

/// An AAGUID as it is written.
pub(crate) fn number(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let whole = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = whole.then(|| u128::from_str_radix(&digits, 16).ok())??;
    Some(number.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_braces_know_no_model_and_an_empty_text_is_refused() {
        assert!(Models::parse("{}").is_ok_and(|models| models.0.is_empty()));
        for text in ["", " \n"] {
            assert_eq!(Models::parse(text).expect_err("no summary").place, "authenticators.json");
        }
    }

    #[test]
    fn what_is_no_summary_is_refused_with_its_place() {
        for (text, problem) in [
            ("{", "EOF"),
            (r#"{"models": {"+0112233445566778899aabbccddeeff": {"name": "x"}}}"#, "is no AAGUID"),
            (r#"{"models": {"00112233": {"name": "x"}}}"#, "models.00112233"),
            (r#"{"models": {"00112233-4455-6677-8899-aabbccddeeff": {}}}"#, "name"),
            (r#"{"models": {"00112233-4455-6677-8899-aabbccddeeff": {"name": "x", "revoked": true}}}"#, "revoked"),
        ] {
            let complaint = Models::parse(text).expect_err(text);
            assert!(complaint.problem.contains(problem), "{complaint}");
        }
    }
}
