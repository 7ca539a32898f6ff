//! Logins that staff say were an attacker's, and how many of these each threshold would have caught.

use super::*;

/// A customer, logged in to twice, and how both logins were judged: the second one is like the first but for what it says of the browser.
fn twice(memory: &Memory) -> (String, [Judgement; 2]) {
    let mut customer = Browser::default();
    let number = customer.open(memory);
    assert_eq!(customer.login(memory, &number, PASSWORD).status, 200);
    memory.pass(Duration::from_secs(60));
    customer.agent = Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    assert_eq!(customer.login(memory, &number, PASSWORD).status, 200);
    memory.ring_alarms();
    let judged = memory.judged();
    let read = |line: &String| serde_json::from_str(line).unwrap();
    let [first, second] = judged.last_chunk::<2>().unwrap();
    (number, [read(first), read(second)])
}

fn label(memory: &Memory, cookie: &str, references: &str, word: &str) -> Answer {
    ask(memory, cookie, "label", json!({ "references": references, "word": word }))
}

#[test]
fn a_customers_judgements_are_found_by_name_and_time_under_a_reference_of_their_own() {
    let memory = site();
    let risk = member(&memory, 1, Role::Risk);
    let (number, [first, second]) = twice(&memory);
    assert!(first.reference != second.reference && first.reference.max(second.reference) < 1 << 52);
    let now = memory.now().as_millis();
    let between = |from: u64, until: u64| {
        let asked = json!({ "name": number, "from": from.to_string(), "until": until.to_string() });
        done(&memory, &risk, "judged", asked)["judged"].as_array().unwrap().clone()
    };
    let all = between(0, now);
    let last = json!({
        "at": now, "reference": second.reference, "score": second.score, "threshold": -2_100,
        "reasons": second.reasons, "weights": second.weights, "verdict": "allow", "by_passkey": false,
    });
    assert_eq!((all.len(), &all[0], &all[1]["score"]), (2, &last, &json!(first.score)));
    assert_eq!((between(now, now).len(), between(now + 1, now + 2).len()), (1, 0));
    for (from, until) in [("", "1"), ("-1", "1"), ("0", "9007199254740993"), ("0", "x")] {
        let answer = ask(&memory, &risk, "judged", json!({ "name": number, "from": from, "until": until }));
        assert_eq!(answer.code(), "fields_refused", "{from} {until}");
    }
    let record = recorded(&memory, &risk);
    assert!(record.iter().all(|(_, action, _)| action == "judged") && !format!("{record:?}").contains(&number));
}

#[test]
fn what_was_an_attack_is_counted_for_each_threshold_until_another_word_takes_it_back() {
    let memory = site();
    let (one, two) = (member(&memory, 1, Role::Risk), member(&memory, 2, Role::Risk));
    let (_, [_, second]) = twice(&memory);
    let reference = second.reference.to_string();
    let replay = || {
        let page = done(&memory, &two, "replay", json!({ "channel": "" }));
        let at = |threshold: i32| page["thresholds"].as_array().unwrap().iter().position(|one| *one == threshold);
        let (strict, lax) = (at(-8_000).unwrap(), at(6_000).unwrap());
        let caught = &page["caught"];
        (page["attacks"].clone(), caught[strict].clone(), caught[lax].clone())
    };
    assert_eq!(replay(), (json!(0), json!(0), json!(0)));
    // Beside a reference that no window holds any more.
    assert_eq!(label(&memory, &one, &format!("{reference} 12"), "attack").status, 200);
    assert_eq!(replay(), (json!(1), json!(1), json!(0)));
    assert_eq!(done(&memory, &two, "labels", json!({}))["labels"], json!([12, second.reference]));
    // Another member knows better; the first word stays in the record.
    assert_eq!(label(&memory, &two, &reference, "own").status, 200);
    assert_eq!(replay(), (json!(0), json!(0), json!(0)));
    assert_eq!(label(&memory, &one, &reference, "attack").status, 200);
    assert_eq!(replay().0, json!(1));
    let said: Vec<_> =
        recorded(&memory, &one).into_iter().filter(|(_, action, _)| action.starts_with("label")).collect();
    let line = |author: &str, action: &str| (author.to_owned(), action.to_owned(), reference.clone());
    let others = [line("risk 1", "label_attack"), line("risk 2", "label_own")];
    assert_eq!((&said[..2], said.len()), (&others[..], 4));
    // No longer than the judgements themselves.
    memory.pass(Duration::from_secs(184 * 86_400));
    let later = member(&memory, 3, Role::Risk);
    assert_eq!(done(&memory, &later, "labels", json!({}))["labels"], json!([]));
}

#[test]
fn nothing_is_said_but_of_references_and_of_few_at_a_time() {
    let memory = site();
    let risk = member(&memory, 1, Role::Risk);
    let many = (1..=65).map(|reference| reference.to_string()).collect::<Vec<_>>().join(" ");
    for references in ["", " ", "x", "0", "-1", "1,2", "4503599627370496", &many] {
        assert_eq!(label(&memory, &risk, references, "attack").code(), "fields_refused", "{references}");
    }
    assert_eq!(label(&memory, &risk, "1", "owner").code(), "fields_refused");
    assert!(recorded(&memory, &risk).is_empty(), "nothing of it is written down");
    assert_eq!(label(&memory, &risk, many.strip_suffix(" 65").unwrap(), "attack").status, 200);
}
