use super::*;
use rand_core::SeedableRng as _;
use sekisho_rules::Timestamp;

const JWK: &str = r#"[{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]"#;

fn ring(numbers: &[u8]) -> String {
    let part = |number: &u8| format!("{number}:{}", URL_SAFE_NO_PAD.encode([*number; 32]));
    numbers.iter().map(part).collect::<Vec<_>>().join(",")
}

fn keys(numbers: &[u8]) -> Keys {
    Keys::parse(&ring(numbers), &ring(numbers), &ring(numbers), JWK).unwrap()
}

#[test]
fn bad_key_texts_are_refused_together() {
    let faults = Keys::parse("", "1:short", "1", "[]").err().unwrap();
    assert_eq!(faults.len(), 4);
    assert!(Keys::parse(&ring(&[1, 1]), &ring(&[1]), &ring(&[1]), JWK).is_err());
    assert!(Keys::parse(&ring(&(0..17).collect::<Vec<_>>()), &ring(&[1]), &ring(&[1]), JWK).is_err());
}

#[test]
fn a_challenge_is_ours_for_its_purpose_its_binding_and_its_time() {
    let keys = keys(&[1]);
    let mut rng = chacha20::ChaCha20Rng::seed_from_u64(7);
    let now = Timestamp::from_millis(1_000);
    let until = Timestamp::from_millis(2_000);
    let made = keys.challenge(&mut rng, Purpose::Register, b"session", until);
    assert_eq!(keys.own_challenge(&made.bytes, Purpose::Register, b"session", now), Some(made.clone()));
    assert_eq!(keys.own_challenge(&made.bytes, Purpose::SignIn, b"session", now), None);
    assert_eq!(keys.own_challenge(&made.bytes, Purpose::Register, b"other", now), None);
    assert_eq!(keys.own_challenge(&made.bytes, Purpose::Register, b"session", until), None);
    for at in 0..made.bytes.len() {
        let mut bent = made.bytes.clone();
        bent[at] ^= 1;
        assert_eq!(keys.own_challenge(&bent, Purpose::Register, b"session", now), None, "byte {at}");
    }
}

#[test]
fn a_handle_outlives_what_the_other_marks_do_not() {
    let account = AccountId([9; 16]);
    let handle = keys(&[1]).user_handle(account);
    assert_eq!(keys(&[3, 2, 1]).account_of(&handle), Some(account));
    assert_eq!(keys(&[3, 2]).account_of(&handle), None);
    let mut rng = chacha20::ChaCha20Rng::seed_from_u64(7);
    let made = keys(&[1]).challenge(&mut rng, Purpose::SignIn, b"", Timestamp::from_millis(9)).bytes;
    let own = |numbers: &[u8]| keys(numbers).own_challenge(&made, Purpose::SignIn, b"", Timestamp::default());
    assert!(own(&[2, 1]).is_some());
    assert!(own(&[3, 2, 1]).is_none());
}

#[test]
fn a_rotation_changes_no_handle_no_made_up_credential_and_nothing_that_logins_are_remembered_under() {
    let account = AccountId([9; 16]);
    let made = |numbers: &[u8]| {
        let keys = keys(numbers);
        (keys.user_handle(account), keys.made_up_credential("x"), keys.habit_key(b"salt"), keys.crowd_key())
    };
    for ring in [&[1, 2][..], &[2, 1], &[2, 3, 1], &[3, 2, 1]] {
        assert_eq!(made(ring), made(&[1]), "{ring:?}");
    }
    assert_ne!(made(&[3, 2]), made(&[1]));
}

#[test]
fn a_name_is_found_under_every_key_that_is_kept() {
    let first = keys(&[1]).name_tags("x");
    for ring in [&[2, 1][..], &[1, 2], &[3, 2, 1], &[9, 8, 7, 6, 5, 4, 3, 2, 1]] {
        assert!(keys(ring).name_tags("x").contains(&first[0]), "{ring:?}");
    }
    assert_eq!(keys(&[3, 2, 1]).name_tags("x")[0], keys(&[3]).name_tags("x")[0], "the current one makes");
    assert!(!keys(&[3, 2]).name_tags("x").contains(&first[0]));
}

#[test]
fn a_made_up_handle_names_nobody() {
    let keys = keys(&[1]);
    let mut handle = keys.user_handle(AccountId([9; 16]));
    handle[3] ^= 1;
    assert_eq!(keys.account_of(&handle), None);
    assert_eq!(keys.account_of(&[]), None);
    assert_eq!(keys.account_of(&[0; HANDLE_LENGTH]), None);
}

const HANDLE_LENGTH: usize = 25;

#[test]
fn debug_prints_no_key() {
    let keys = keys(&[1]);
    assert_eq!(format!("{:?}", keys.signing_key().unwrap()), "JwtKey(a)");
}

#[test]
fn a_code_belongs_to_one_account_purpose_session_letter_and_address() {
    let keys = keys(&[1]);
    let generation = keys.code_generation();
    let of = |account: u8, purpose, session: u8, sending, address| {
        let (account, session) = (AccountId([account; 16]), crate::account::SessionKey([session; 32]));
        keys.code(generation, account, purpose, session, (sending, address)).unwrap().expose().to_owned()
    };
    let one = of(1, CodeUse::Address, 1, 1, "a@example.com");
    assert_eq!(one, of(1, CodeUse::Address, 1, 1, "a@example.com"));
    for other in [
        of(2, CodeUse::Address, 1, 1, "a@example.com"),
        of(1, CodeUse::SignIn, 1, 1, "a@example.com"),
        of(1, CodeUse::Address, 2, 1, "a@example.com"),
        of(1, CodeUse::Address, 1, 2, "a@example.com"),
        of(1, CodeUse::Address, 1, 1, "b@example.com"),
    ] {
        assert_ne!(one, other);
    }
}
