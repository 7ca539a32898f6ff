use super::*;
use crate::gate::Cookie;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with};
use std::time::Duration;

fn logged_in(memory: &Memory) -> Browser {
    let mut browser = Browser::default();
    let number = browser.open(memory);
    assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
    browser
}

#[test]
fn a_fresh_route_asks_each_time_and_knows_at_once_of_an_end() {
    let memory =
        Memory::new(house_with(|config| config + "\n[[routes]]\npath = \"/withdraw\"\nfresh = true\n"), START, 1);
    let mut browser = logged_in(&memory);
    let passes =
        |browser: &Browser, path: &str| matches!(memory.pass_gate(&browser.packed(path)), Decision::Forward { .. });
    assert!(passes(&browser, "/home"));
    let calls = memory.calls();
    for asked in 1..=3 {
        assert!(passes(&browser, "/home"), "the cookie is remembered by now");
        assert!(passes(&browser, "/Withdraw/now"));
        assert_eq!(memory.calls(), calls + asked);
    }
    let thief = browser.clone();
    assert_eq!(browser.post(&memory, "/.sekisho/logout", &serde_json::json!({})).status, 200);
    assert!(passes(&thief, "/home"), "inside its lease");
    let decision = memory.pass_gate(&thief.packed("/withdraw/now"));
    assert!(matches!(decision, Decision::Refuse { status: 303, .. }), "{decision:?}");
    memory.cut_off(true);
    let decision = memory.pass_gate(&thief.packed("/withdraw/now"));
    assert!(!matches!(decision, Decision::Forward { .. }), "nobody is let through on a guess: {decision:?}");
}

#[test]
fn a_cookie_is_remembered_under_any_policy_of_pages_but_not_with_a_cookie_that_is_set() {
    for csp in ["", "csp = []\n", "csp = [\"object-src 'none'\"]\n"] {
        let edit = |config: String| config.replace("csp_mode =", &format!("{csp}csp_mode ="));
        let memory = Memory::new(house_with(edit), START, 1);
        let browser = logged_in(&memory);
        assert!(matches!(memory.pass_gate(&browser.packed("/home")), Decision::Forward { .. }));
        let kept = || memory.house.verified.0.borrow().all.len();
        assert_eq!(kept(), 0, "the statement was signed on the way: {csp}");
        for _ in 0..2 {
            assert!(memory.house.decide_packed(memory.now(), &browser.packed("/home")).starts_with("forward"));
            assert_eq!(kept(), 1, "{csp}");
        }
    }
}

#[test]
fn a_clock_that_jumps_makes_no_lease_and_no_proof_last_longer() {
    let routes = "\n[[routes]]\npath = \"/recent\"\nage = \"10m\"\n";
    let memory = Memory::new(house_with(|config| config + routes), START, 1);
    memory.pass(Duration::from_secs(7_200));
    let browser = logged_in(&memory);
    memory.pass_gate(&browser.packed("/home"));
    let at = |now: Timestamp, path: &str| memory.house.decide_packed(now, &browser.packed(path));
    let [soon, late] = [1, 60].map(|seconds| memory.now() + Duration::from_secs(seconds));
    let [just_before, long_before] = [2, 3_600].map(|seconds| memory.now() - (Duration::from_secs(seconds)));
    for path in ["/home", "/recent"] {
        assert!(at(soon, path).starts_with("forward"), "{path}");
        assert_eq!(at(late, path), "ask", "{path}: set forward, the lease is over");
        assert_eq!(at(just_before, path), "ask", "{path}: set back, its end is further off than any lease's");
        assert_eq!(at(long_before, path), "ask", "{path}");
    }
    let login = memory.now();
    let proof = memory.house.config.demand("/recent").1;
    let met = |now: Timestamp| proof.is_met(sekisho_rules::Amr::PASSWORD, login, now);
    assert!(met(login) && met(login + Duration::from_secs(600)) && !met(login + Duration::from_secs(601)));
    assert!(met(login - (Duration::from_secs(5))), "the clocks of two edges differ a little");
    assert!(!met(login - (Duration::from_secs(6))), "a proof of the future is none");
}

#[test]
fn a_clock_that_jumps_makes_no_bound_cookie_last_longer() {
    let memory = Memory::new(house_with(|config| config), START, 1);
    memory.pass(Duration::from_secs(7_200));
    let browser = logged_in(&memory);
    let (keys, binding) = (&memory.house.keys, bound::BindingId([7; 16]));
    let mut cookie = Cookie::brought(&browser.cookies(), keys).unwrap();
    cookie.session.bound = Some(binding);
    let line = bound::set(binding, keys, memory.now());
    let bound = line.split(';').next().map(str::to_owned);
    let browser = Browser { cookie: Some(cookie.seal(keys)), bound, ..browser };
    let packed = browser.packed("/home");
    let shown = |now: Timestamp| memory.house.session_of(&Packed::read(&packed), now).is_some();
    let seconds = Duration::from_secs;
    assert!(shown(memory.now()) && shown(memory.now() + seconds(299)) && !shown(memory.now() + seconds(300)));
    assert!(shown(memory.now() - (seconds(5))), "the clocks of two edges differ a little");
    assert!(!shown(memory.now() - (seconds(6))), "set back, its end is further off than any that is given");
}

#[test]
fn what_has_lapsed_takes_no_memory_for_long_and_what_is_live_stays() {
    let mut kept = Kept::default();
    // A hundred at a time live, of a hundred thousand that come one after the other.
    for number in 0_u32..100_000 {
        kept.keep(number, number, 4_096, |old| old + 100 > number);
        assert!(kept.all.len() <= 512, "{number}: {}", kept.all.len());
        assert!((number.saturating_sub(99)..=number).all(|live| kept.get(&live).is_some()), "{number}");
    }
    // Where more live than may be kept, it begins anew.
    let most = (0_u32..10_000).map(|number| {
        kept.keep(number, number, 4_096, |_| true);
        kept.all.len()
    });
    assert_eq!(most.max(), Some(4_096));
}
