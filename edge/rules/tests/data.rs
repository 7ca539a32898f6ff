//! The committed data file: what it was built from, what it finds, what it does not.

#[path = "../examples/building/mod.rs"]
mod building;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sekisho_rules::Person;
use sekisho_rules::password::{Complaint, Data, Profile, check, check_rule};

fn committed() -> Vec<u8> {
    std::fs::read(building::home().join("src/password/data/passwords.bin")).unwrap_or_default()
}

#[test]
fn the_committed_file_is_what_its_sources_give() {
    assert!(committed() == building::data(), "run: cargo run -p sekisho-rules --example build_data");
    assert!(committed().len() <= 100 * 1024);
}

#[test]
fn every_listed_password_passes_the_rule_and_is_refused_as_common() {
    let data = Data::parse(&committed()).unwrap();
    let list = building::common();
    assert_eq!(list.len(), 18_137);
    for (at, text) in list.into_iter().enumerate() {
        assert!(!check_rule(&text, &Profile::JP_BROKER).refused(), "{text}");
        assert!(data.is_common(&text), "{text}");
        if at % 50 != 0 {
            continue;
        }
        let found = check(&text, &Profile::JP_BROKER, &Person::default(), &data);
        assert_eq!(found.findings[0].complaint, Complaint::Common, "{text}");
        assert!(found.refused());
        assert!(found.strength.unwrap().log10_guesses <= 4.0, "{text}");
    }
}

#[test]
fn a_file_that_is_cut_short_or_longer_is_no_data_file() {
    let bytes = committed();
    for cut in [0, 7, 8, 11, 12, 40, 4_000, bytes.len() - 1] {
        assert!(Data::parse(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    assert!(Data::parse(&[&bytes[..], b"x"].concat()).is_err());
    let mut other_version = bytes.clone();
    other_version[7] += 1;
    assert!(Data::parse(&other_version).is_err());
}

#[test]
fn a_file_with_wrong_numbers_finds_nothing_and_does_no_harm() {
    let mut bytes = committed();
    // The segment lengths of the filter, right behind its seed.
    bytes[20..32].fill(0xff);
    let data = Data::parse(&bytes).unwrap();
    let found = check("Password123", &Profile::JP_BROKER, &Person::default(), &data);
    assert!(!found.refused());
}

/// The bars: of strong random passwords at most one in ten thousand refused, one in a hundred warned.
#[test]
fn random_passwords_are_left_alone() {
    const ALL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@#$%^&*_+-=:,.";
    // A debug build is slow; the release run covers the full number.
    let wanted = if cfg!(debug_assertions) { 10_000 } else { 1_000_000 };
    let data = Data::parse(&committed()).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(180);
    let (mut drawn, mut refused, mut warned) = (0, 0, 0);
    while drawn < wanted {
        let length = 10 + rng.next_u32() as usize % 7;
        let text: String = (0..length).map(|_| char::from(ALL[rng.next_u32() as usize % ALL.len()])).collect();
        if check_rule(&text, &Profile::JP_BROKER).refused() {
            continue;
        }
        drawn += 1;
        match check(&text, &Profile::JP_BROKER, &Person::default(), &data).outcome() {
            "refuse" => refused += 1,
            "warn" => warned += 1,
            _ => {}
        }
    }
    println!("of {drawn} random passwords {refused} refused, {warned} warned");
    assert!(refused * 10_000 <= drawn, "{refused} of {drawn} refused");
    assert!(warned * 100 <= drawn, "{warned} of {drawn} warned");
}
