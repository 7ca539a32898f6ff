//! `[password.rules]`: a built-in profile by its name, or the operator's own.

use super::SecondFactor;
use super::read::Section;
use sekisho_rules::password::{Profile, Rules, Warning};

/// The profiles' names, the default first.
const PROFILES: [&str; 4] = ["jp-broker", "nist-63b-4", "nist-63b-4-mfa", "custom"];

/// The profile's name and its rules, with the warnings that refuse.
pub(super) fn read(section: &mut Section, second_factor: SecondFactor) -> (&'static str, Profile) {
    let name = section.one_of("profile", &PROFILES);
    if name == "nist-63b-4-mfa" && second_factor == SecondFactor::Off {
        section.complain("profile", "nist-63b-4-mfa is for login.second_factor = \"always\"; else take nist-63b-4");
    }
    let profile = Profile::named(name).unwrap_or_else(|| custom(section));
    let mut refusing = Vec::new();
    for code in section.words("refuse") {
        match Warning::from_code(&code) {
            Some(warning) => refusing.push(warning),
            None => section.complain("refuse", &format!("knows no warning {code:?}")),
        }
    }
    (name, profile.refusing(&refusing))
}

/// The operator's own rules; what is left out is as in `jp-broker`.
fn custom(section: &mut Section) -> Profile {
    let usual = Profile::JP_BROKER;
    let least = |number: usize| u32::try_from(number).unwrap_or_default();
    let number = |section: &mut Section, name: &str, default: usize| {
        u16::try_from(section.number(name, least(default), 0..=1_000)).unwrap_or_default()
    };
    let rules = Rules {
        min_length: number(section, "min_length", usual.min_length()),
        max_length: number(section, "max_length", usual.max_length()),
        min_kinds: u8::try_from(number(section, "min_kinds", usual.min_kinds())).unwrap_or(u8::MAX),
        symbols: if section.boolean("unicode") { None } else { section.any_text("symbols").or(usual.symbols()) },
    };
    Profile::new(&rules).unwrap_or_else(|reasons| {
        for reason in reasons {
            section.complain("profile", &format!("cannot be kept: {reason}"));
        }
        usual
    })
}
