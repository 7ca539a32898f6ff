//! The name of a passkey that its owner has not named: who keeps it, and where it was made.

use crate::Models;

/// Providers that keep passkeys, by the model number (AAGUID) that they write into what they make, as they publish it.
/// It is a label and nothing else: without attestation anybody may write any number.
const PROVIDERS: [([u8; 16], &str); 18] = [
    (uuid(0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4), "Google Password Manager"),
    (uuid(0xadce0002_35bc_c60a_648b_0b25f1f05503), "Chrome"),
    (uuid(0xb5397666_4885_aa6b_cebf_e52262a439a2), "Chromium"),
    (uuid(0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd), "Apple Passwords"),
    (uuid(0xdd4ec289_e01d_41c9_bb89_70fa845d4bf2), "iCloud Keychain"),
    (uuid(0x08987058_cadc_4b81_b6e1_30de50dcbe96), "Windows Hello"),
    (uuid(0x9ddd1817_af5a_4672_a2b9_3e3dd95000a9), "Windows Hello"),
    (uuid(0x6028b017_b1d4_4c02_b4b3_afcdafc96bb2), "Windows Hello"),
    (uuid(0x771b48fd_d3d4_4f74_9232_fc157ab0507a), "Edge"),
    (uuid(0x53414d53_554e_4700_0000_000000000000), "Samsung Pass"),
    (uuid(0xbada5566_a7aa_401f_bd96_45619a55120d), "1Password"),
    (uuid(0xd548826e_79b4_db40_a3d8_11116f7e8349), "Bitwarden"),
    (uuid(0x531126d6_e717_415c_9320_3d9aa6981239), "Dashlane"),
    (uuid(0xb84e4048_15dc_4dd0_8640_f4f60813c8af), "NordPass"),
    (uuid(0x0ea242b4_43c4_4a1b_8b17_dd6d0b6baec6), "Keeper"),
    (uuid(0xf3809540_7f14_49c1_a8b3_8f813b225541), "Enpass"),
    (uuid(0x50726f74_6f6e_5061_7373_50726f746f6e), "Proton Pass"),
    (uuid(0xfdb141b2_5d84_443e_8a35_4698c205a502), "KeePassXC"),
];

const fn uuid(number: u128) -> [u8; 16] {
    number.to_be_bytes()
}

/// The longest name of a model that is taken over, in characters: the client stands beside it.
const LONGEST: usize = 40;

/// `Google Password Manager (Chrome / Windows)`, or the client alone where nobody knows the number. The operator's own
/// list of models goes before ours.
pub(super) fn name(models: &Models, aaguid: &[u8; 16], client: &str) -> String {
    let ours = PROVIDERS.iter().find(|(known, _)| known == aaguid).map(|(_, provider)| *provider);
    let theirs = models.get(aaguid).map(|model| model.name.trim()).filter(|name| !name.is_empty());
    match theirs.or(ours) {
        Some(provider) => format!("{} ({client})", provider.chars().take(LONGEST).collect::<String>()),
        None => client.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passkey_is_named_after_its_provider_and_where_it_was_made() {
        let windows = "Chrome / Windows";
        let (none, hello) = (Models::default(), uuid(0x08987058_cadc_4b81_b6e1_30de50dcbe96));
        assert_eq!(name(&none, &hello, windows), "Windows Hello (Chrome / Windows)");
        assert_eq!(name(&none, &[0; 16], windows), windows);
        assert!(PROVIDERS.iter().all(|(_, provider)| provider.chars().count() <= 32));
    }

    #[test]
    fn the_operators_list_goes_first_and_is_kept_short() {
        let text =
            format!(r#"{{"models": {{"08987058-cadc-4b81-b6e1-30de50dcbe96": {{"name": "{}"}}}}}}"#, "鍵".repeat(90));
        let models = Models::parse(&text).expect("a list");
        let made = name(&models, &uuid(0x08987058_cadc_4b81_b6e1_30de50dcbe96), "Chrome / Windows");
        assert_eq!(made, format!("{} (Chrome / Windows)", "鍵".repeat(40)));
    }

    #[test]
    fn no_provider_is_listed_twice() {
        let numbers: std::collections::BTreeSet<_> = PROVIDERS.iter().map(|(number, _)| number).collect();
        assert_eq!(numbers.len(), PROVIDERS.len());
    }
}
