use super::*;
use crate::memory::Memory;
use crate::memory::testing::{Browser, PASSWORD, START, house_with, memory};
use rand_core::SeedableRng as _;

#[test]
fn what_is_sealed_opens_under_its_own_key_alone_and_bears_its_digests_name() {
    let mut rng = chacha20::ChaCha20Rng::seed_from_u64(3);
    let (key, other) = (Key::random(&mut rng), Key::random(&mut rng));
    let form = Form { target: "/withdraw?x=1".into(), body: "amount=1\nand more".into() };
    let kept = key.seal(&form).unwrap();
    let opened = Key::read(&key.text()).unwrap().open(&kept).unwrap();
    assert_eq!((opened.target, opened.body), (form.target, form.body));
    assert!(other.open(&kept).is_none());
    assert!(key.open(&kept[1..]).is_none() && key.open("").is_none() && key.open("é").is_none());
    let bent = format!("{}{}", if kept.starts_with('A') { "B" } else { "A" }, &kept[1..]);
    assert!(key.open(&bent).is_none());
    assert!(sealed::name(&kept) != sealed::name(&bent));
    for odd in ["", "x", &key.text()[1..], &format!("{}A", key.text()), &"é".repeat(22)] {
        assert!(Key::read(odd).is_none(), "{odd}");
    }
}

#[test]
fn a_form_waits_for_ten_minutes_to_the_millisecond() {
    let routes = "\n[[routes]]\npath = \"/withdraw\"\nproof = \"passkey\"\n";
    let memory = Memory::new(house_with(|config| config + routes), START, 1);
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
    let packed = browser.packed("/withdraw").replacen("GET", "POST", 1);
    let packed = format!("{packed}application/x-www-form-urlencoded");
    assert_eq!(memory.pass_gate(&packed), Decision::Park);
    let mut rng = chacha20::ChaCha20Rng::seed_from_u64(3);
    let parked = pollster::block_on(memory.house.park(&memory, memory.now(), &mut rng, &packed, b"amount=1"));
    let line = |decision: &Decision, name: &str| {
        let Decision::Refuse { status: 303, headers, .. } = decision else { panic!("{decision:?}") };
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    assert_eq!(line(&parked.decision, "location").unwrap(), "/confirm?return=/.sekisho/parked&need=passkey");
    let cookie = line(&parked.decision, "set-cookie").unwrap();
    let cookies = format!("__Host-sekisho={}; {}", browser.cookie.unwrap(), cookie.split(';').next().unwrap());
    let leads = || {
        let shown = pollster::block_on(memory.house.show_parked(
            &memory,
            memory.now(),
            (&cookies, 0, &Shown { network: None, agent: "" }),
        ));
        line(&shown, "location").unwrap()
    };
    memory.pass(LIFE - Duration::from_millis(1));
    assert_eq!(leads(), "/confirm?return=/.sekisho/parked&need=passkey", "it waits, and so does the proof");
    memory.pass(Duration::from_millis(1));
    assert_eq!(leads(), "/home");
}

#[test]
fn fields_are_shown_as_they_read_and_secrets_are_not() {
    let shown = form::fields(
        "amount=10+000&to=%E6%97%A5%E6%9C%AC&withdrawal_password=x&PIN=1234&shipping=a&stock_code=7203&odd=%zz%4&&empty=&flag",
    );
    let shown: Vec<_> = shown.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("amount", "10 000"),
            ("to", "日本"),
            ("withdrawal_password", "●●●●"),
            ("PIN", "●●●●"),
            ("shipping", "a"),
            ("stock_code", "7203"),
            ("odd", "%zz%4"),
            ("empty", ""),
            ("flag", ""),
        ]
    );
    let many = form::fields(&"a=1&".repeat(500));
    assert_eq!(
        (many.len(), many[100].clone()),
        (101, ("…".into(), "+400".into())),
        "and it is said that there are more"
    );
    assert_eq!(form::fields(&format!("a={}", "%E6%97%A5".repeat(300)))[0].1.chars().count(), 201);
}

#[test]
fn a_form_that_says_it_is_longer_than_is_kept_does_not_wait() {
    let memory = memory();
    let form = "text/html\nsame-origin\nnavigate\ndocument\n\n\n\n\n\napplication/x-www-form-urlencoded\n\n\n\n\n";
    let waits = |length: &str| {
        let packed = format!("POST\nhttp://localhost:8787/withdraw\n\n{form}{length}\n\n2516 JP");
        let request = Packed::read(&packed);
        assert_eq!((request.length, request.network), (length, "2516 JP"));
        memory.house.can_wait(&request)
    };
    for length in ["", "0", "65536"] {
        assert!(waits(length), "{length}");
    }
    for length in ["65537", "99999999999999999999999", "-1", "1, 1", "x"] {
        assert!(!waits(length), "{length}");
    }
}

#[test]
fn only_a_form_of_a_page_of_this_site_waits() {
    let memory = memory();
    let request = |method: &str, site: &str, mode: &str, origin: &str, kind: &str| {
        let packed = format!(
            "{method}\nhttp://localhost:8787/withdraw\n\ntext/html\n{site}\n{mode}\ndocument\n{origin}\n\n\n\n\n{kind}"
        );
        memory.house.can_wait(&Packed::read(&packed))
    };
    let form = "application/x-www-form-urlencoded";
    assert!(request("POST", "same-origin", "navigate", "http://localhost:8787", form));
    assert!(request("POST", "same-origin", "navigate", "", "Application/X-WWW-form-urlencoded; charset=utf-8"));
    assert!(request("POST", "", "", "http://localhost:8787", form), "a browser without Fetch Metadata");
    for (method, site, mode, origin, kind) in [
        ("GET", "same-origin", "navigate", "", form),
        ("PUT", "same-origin", "navigate", "", form),
        ("POST", "cross-site", "navigate", "http://localhost:8787", form),
        ("POST", "same-site", "navigate", "", form),
        ("POST", "none", "navigate", "", form),
        ("POST", "", "", "https://look-alike.example", form),
        ("POST", "", "", "", form),
        ("POST", "same-origin", "cors", "", form),
        ("POST", "same-origin", "navigate", "", "multipart/form-data; boundary=x"),
        ("POST", "same-origin", "navigate", "", "application/json"),
        ("POST", "same-origin", "navigate", "", ""),
    ] {
        assert!(!request(method, site, mode, origin, kind), "{method} {site} {mode} {origin} {kind}");
    }
}
