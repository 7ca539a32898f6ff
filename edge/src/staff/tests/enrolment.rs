//! An enrolment stands on its invitation until it is done, whoever is dismissed while the passkey is being verified.

use super::*;
use crate::conformance::setting::Authenticator;

/// Enrols by an invitation of `inviter`'s; what `meanwhile` does is done between the two transactions.
fn enrol(inviter: &str, meanwhile: impl FnOnce(&Memory, &str)) -> String {
    // The authenticator of the tests knows one site.
    let config = |config: String| format!("{config}\n[staff]\norigin = \"https://broker.example\"\n");
    let memory = Memory::new(house_with(config), START, 1);
    let (admin, _) = (member(&memory, 3, Role::Admin), member(&memory, 4, Role::Admin));
    let session = |number: u8| to_hex(&crate::gate::session_key(&[number; 32]).0);
    let (code, challenge) = (to_hex(&[7; 32]), [5; 32]);
    let by = if inviter.is_empty() { String::new() } else { session(4) };
    let desk = Desk { house: &memory.house, now: memory.now() };
    let store = memory.staff_store();
    let response = Authenticator::new(1).unwrap().register(&challenge);
    let begun = store.transaction(|sql| {
        desk.invite(sql, &by, &code, ("x", "admin"))?;
        desk.begin_enrol(sql, &code, &to_hex(&challenge), &response)
    });
    let Ok(Begun::Ceremony(ceremony)) = begun else { panic!("not begun") };
    let proved = pollster::block_on(ceremony.run(&memory.house, memory.now(), memory.verifier()));
    meanwhile(&memory, &session(3));
    let finished = store.transaction(|sql| desk.finish(sql, proved, &[8; 32]));
    assert!(!admin.is_empty());
    finished.unwrap_or_else(|fault| fault.to_string())
}

fn dismiss(memory: &Memory, by: &str) {
    let desk = Desk { house: &memory.house, now: memory.now() };
    memory.staff_store().transaction(|sql| desk.dismiss(sql, by, &to_hex(&[4; 16]))).unwrap();
}

#[test]
fn who_was_dismissed_lets_nobody_in_any_more_not_even_who_has_begun() {
    assert_eq!(enrol("admin", |_, _| {}), "{}");
    assert_eq!(enrol("admin", dismiss), "refused: code_gone");
    assert_eq!(enrol("", dismiss), "{}", "the operator's token is nobody's");
}
