use super::*;

#[test]
fn a_passkey_that_may_have_been_copied_raises_what_a_password_is_asked_for_a_month() {
    let memory = edge("act", "risk");
    let mut owner = at(HOME);
    let number = owner.open(&memory);
    ten_days(&mut owner, &memory, &number);
    let statement = "INSERT INTO history (at, channel, method, outcome, client) \
                     SELECT MAX(at), channel, 'passkey_suspected', 'failure', client FROM history";
    rows(&memory, statement);
    let judged_as = |browser: &mut Browser| {
        login(browser, &memory, &number);
        let last = judged(&memory).pop().unwrap();
        (last.reasons.contains(&Reason::PasskeySuspected), last.asks())
    };
    assert_eq!(judged_as(&mut at(HOME)), (true, true));
    assert!(!judged_as(&mut owner).1, "but not on a known device");
    memory.pass(DAY * 30);
    assert_eq!(judged_as(&mut at(HOME)), (false, false));
}
