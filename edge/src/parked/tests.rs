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
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap()
    };
    let cookie = line(&parked.decision, "+set-cookie");
    let (pair, _) = cookie.split_once(';').unwrap();
    let name = pair.strip_prefix("__Host-sekisho-parked-").unwrap().split('=').next().unwrap();
    let to_proof = format!("/confirm?return=/.sekisho/parked%3Fform%3D{name}%26page%3D/withdraw&need=passkey");
    assert_eq!(line(&parked.decision, "location"), to_proof);
    let url = format!("http://localhost:8787/.sekisho/parked?form={name}&page=/withdraw");
    let show = |pair: &str| {
        let cookie = &format!("{}; {pair}", browser.cookies());
        let request = Packed { method: "GET", url: &url, cookie, fetch_mode: "navigate", ..Packed::default() };
        let shown = Shown { network: None, agent: "" };
        pollster::block_on(memory.house.show_parked(&memory, memory.now(), (&request, &shown)))
    };
    let told = |decision: Decision| match decision {
        Decision::Refuse { status: 410, body, .. } => body,
        other => panic!("{other:?}"),
    };
    memory.pass(LIFE - Duration::from_millis(1));
    assert_eq!(line(&show(pair), "location"), to_proof, "it waits, and so does the proof");
    let wrong_key = told(show(&format!("__Host-sekisho-parked-{name}={}", "A".repeat(43))));
    memory.cut_off(true);
    let down = show(pair);
    assert!(
        matches!(&down, Decision::Refuse { status: 503, body, .. } if body.contains("<!doctype html>")),
        "{down:?}"
    );
    memory.cut_off(false);
    memory.pass(Duration::from_millis(1));
    for page in [wrong_key, told(show(pair)), told(show(""))] {
        assert!(page.contains("ご入力の内容は送信されておらず") && page.contains("was not sent"), "{page}");
        assert!(page.contains("<a href=\"/withdraw\">"), "the way to it: {page}");
    }
    memory.ring_alarms();
    for page in [told(show(pair)), told(show(""))] {
        assert!(page.contains("送信を待っている内容はありません") && page.contains("check the result first"), "{page}");
        assert!(page.contains("<a href=\"/home\">"), "nobody knows whether it was sent: {page}");
    }
    let [nowhere, own] = ["https://evil.example", "/.sekisho/logout"].map(|page| {
        let request = Packed { url: &format!("http://x/.sekisho/parked?page={page}"), ..Packed::default() };
        memory.house.gone(&request, Some(true), memory.now())
    });
    for page in [told(nowhere), told(own)] {
        assert!(page.contains("<a href=\"/home\">") && page.contains("すでに送信の操作がされています"), "{page}");
    }
    let old = Cookie::brought(&browser.cookies(), &memory.house.keys).unwrap();
    tell(&memory, &old, Command::End(old.key()));
    let login = line(&show(pair), "location");
    assert!(login.starts_with("/login?return=/.sekisho/parked"), "whose session is over logs in: {login}");
}

/// Two logins of one customer, and what parks a form within one of them.
fn two_logins(memory: &Memory) -> [Cookie; 2] {
    let number = Browser::default().open(memory);
    [(), ()].map(|()| {
        let mut browser = Browser::default();
        assert_eq!(browser.login(memory, &number, PASSWORD).status, 200);
        Cookie::brought(&browser.cookies(), &memory.house.keys).unwrap()
    })
}

fn tell(memory: &Memory, cookie: &Cookie, command: Command) -> Reply {
    use crate::host::Accounts as _;
    pollster::block_on(memory.account(cookie.account, command)).unwrap()
}

fn park(memory: &Memory, cookie: &Cookie, name: u8) -> bool {
    park_from(memory, cookie, name, false)
}

fn park_from(memory: &Memory, cookie: &Cookie, name: u8, moved: bool) -> bool {
    let command = Command::Park { session: cookie.key(), name: ParkedName([name; 16]), kept: "x".into(), moved };
    matches!(tell(memory, cookie, command), Reply::Done)
}

/// How many rows lie in the accounts.
fn rows(memory: &Memory) -> i64 {
    use crate::host::Store as _;
    let mut count = 0;
    memory.each_account_store(|store| {
        let found = store.transaction(|sql| sql.run("SELECT COUNT(*) FROM parked", &[]));
        count += found.unwrap()[0].integer(0).unwrap();
    });
    count
}

fn waits(memory: &Memory, cookie: &Cookie, name: u8) -> bool {
    let command = Command::Parked { session: cookie.key(), name: ParkedName([name; 16]), take: false };
    matches!(tell(memory, cookie, command), Reply::Parked(_))
}

#[test]
fn no_login_pushes_out_anothers_forms_nor_a_copy_its_owners() {
    let memory = memory();
    let [one, other] = two_logins(&memory);
    assert!(park(&memory, &one, 0));
    for name in 1..=6 {
        memory.pass(Duration::from_secs(1));
        assert!(park(&memory, &other, name));
    }
    assert!(waits(&memory, &one, 0));
    assert_eq!(
        (1..=6).map(|name| waits(&memory, &other, name)).collect::<Vec<_>>(),
        [false, false, true, true, true, true]
    );
    assert!(matches!(
        tell(&memory, &one, Command::Moved { session: one.key(), client: String::new() }),
        Reply::Session(_)
    ));
    // A copy's, from elsewhere, takes what room there is and pushes none out; its owner's, from their place, finds room all the same.
    for name in 11..=16 {
        memory.pass(Duration::from_secs(1));
        assert_eq!(park_from(&memory, &one, name, true), name <= 13, "{name}");
    }
    assert!(waits(&memory, &one, 0));
    assert!(park(&memory, &one, 17) && waits(&memory, &one, 17) && waits(&memory, &one, 13));
}

#[test]
fn nothing_is_left_of_a_form_once_its_time_is_over() {
    let memory = memory();
    let [one, other] = two_logins(&memory);
    let kept = || rows(&memory);
    assert!(park(&memory, &one, 1));
    memory.pass(LIFE / 2);
    assert!(park(&memory, &other, 2));
    for (time, left) in [(LIFE / 2 - Duration::from_millis(1), 2), (Duration::from_millis(1), 1), (LIFE / 2, 0)] {
        memory.pass(time);
        memory.ring_alarms();
        assert_eq!(kept(), left);
    }
}

#[test]
fn what_was_sent_is_known_to_have_been_sent_and_is_sent_no_more() {
    let memory = memory();
    let [one, other] = two_logins(&memory);
    assert!(park(&memory, &one, 1));
    let taken = |cookie: &Cookie| {
        let command = Command::Parked { session: cookie.key(), name: ParkedName([1; 16]), take: true };
        match tell(&memory, cookie, command) {
            Reply::Parked(kept) => Some(kept),
            _ => None,
        }
    };
    assert_eq!(taken(&other), None, "another login's");
    assert_eq!([taken(&one), taken(&one), taken(&other)], [Some("x".into()), Some(String::new()), Some(String::new())]);
    memory.pass(LIFE);
    memory.ring_alarms();
    assert_eq!(taken(&one), Some(String::new()), "for a day");
    memory.pass(Duration::from_secs(86_400) - LIFE);
    memory.ring_alarms();
    assert_eq!(rows(&memory), 0);
}

#[test]
fn another_login_of_the_same_customer_in_the_same_browser_takes_the_forms_of_the_one_that_it_ends() {
    let memory = memory();
    let mut browser = Browser::default();
    let [number, another] = [(); 2].map(|()| browser.open(&memory));
    let mut login = |number: &str| {
        assert_eq!(browser.login(&memory, number, PASSWORD).status, 200);
        Cookie::brought(&browser.cookies(), &memory.house.keys).unwrap()
    };
    let first = login(&number);
    assert!(park(&memory, &first, 1));
    let second = login(&number);
    assert!(waits(&memory, &second, 1));
    // Somebody else's login takes nothing, and leaves nothing to the next one.
    let other = login(&another);
    assert!(!waits(&memory, &other, 1));
    let third = login(&number);
    assert!(!waits(&memory, &third, 1));
}

#[test]
fn a_login_takes_the_forms_along_also_where_there_is_room_for_one_alone() {
    let limited = |config: String| config.replace("limit = 10                          # live", "limit = 1 # live");
    let memory = Memory::new(house_with(limited), START, 1);
    let mut browser = Browser::default();
    let number = browser.open(&memory);
    let cookie = |browser: &Browser| Cookie::brought(&browser.cookies(), &memory.house.keys).unwrap();
    for name in [1, 2] {
        assert_eq!(browser.login(&memory, &number, PASSWORD).status, 200);
        assert!(park(&memory, &cookie(&browser), name));
    }
    assert!(waits(&memory, &cookie(&browser), 1), "the new login pushed the old one out before it ended it");
    // Another customer's login in that browser takes nothing, nor does another browser's of the same customer.
    let other = Browser::default().open(&memory);
    let mut shared = browser.clone();
    assert_eq!(shared.login(&memory, &other, PASSWORD).status, 200);
    assert!(!waits(&memory, &cookie(&shared), 2));
    let mut elsewhere = Browser::default();
    assert_eq!(elsewhere.login(&memory, &number, PASSWORD).status, 200);
    assert!(!waits(&memory, &cookie(&elsewhere), 2));
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
    for secret in [
        "pwd",
        "loginPwd",
        "ansho",
        "anshou_no",
        "otp",
        "otpCode",
        "CVV",
        "cardCvv",
        "mynumber",
        "myNumber",
        "my_number",
        "pin",
        "pinNo",
        "trade_pin",
        "tradePin",
        "PIN-2",
        "暗証番号",
        "passcode",
        "個人番号",
        "PINCode",
        "tradePINNo",
        "OTPCode",
        "pincode",
        "PINcode",
        "pinno",
        "otpcode",
        "pw",
        "trade_pw",
        "loginPw",
    ] {
        assert_eq!(form::fields(&format!("{secret}=1234"))[0].1, "●●●●", "{secret}");
    }
    for plain in ["shipping", "spin", "opinion", "pink", "option", "hotpot", "Spinner", "symbol", "pricing", "pinned"] {
        assert_eq!(form::fields(&format!("{plain}=1234"))[0].1, "1234", "{plain}");
    }
    // Shift_JIS: 口座 and 暗証. What it says nobody can read here, and so nobody may read what stands behind such a name.
    let unread = form::fields("a=%8C%FB%8D%C0&%88%C3%8F%D8=4711");
    assert!(unread.iter().all(|(name, value)| !format!("{name}{value}").contains(['\u{fffd}', '4'])), "{unread:?}");
    assert_eq!((unread[0].0.as_str(), unread[1].1.as_str()), ("a", "●●●●"));
    assert!(unread[0].1.contains("表示できません") && unread[1].0.contains("表示できません"), "{unread:?}");
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
