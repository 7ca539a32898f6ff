use super::*;
use crate::memory::MemoryStore;

const NOW: Timestamp = Timestamp::from_millis(1_795_323_900_000);

fn tag(number: u16) -> NameTag {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    NameTag(bytes)
}

fn tell(store: &MemoryStore, now: Timestamp, command: Command) -> u32 {
    obey(store, now, 1, &command).unwrap().names
}

fn is_hot(store: &MemoryStore, now: Timestamp, asked: u32) -> bool {
    obey(store, now, asked, &Command::Succeeded(tag(0))).unwrap().hot
}

#[test]
fn names_are_counted_once_and_no_longer_once_they_succeed() {
    let store = MemoryStore::default();
    assert_eq!(tell(&store, NOW, Command::Tried(tag(1))), 1);
    assert_eq!(tell(&store, NOW, Command::Tried(tag(1))), 1);
    assert_eq!(tell(&store, NOW, Command::Tried(tag(2))), 2);
    assert_eq!(tell(&store, NOW, Command::Succeeded(tag(1))), 1);
    assert_eq!(tell(&store, NOW, Command::Succeeded(tag(9))), 1);
}

#[test]
fn a_try_counts_for_an_hour_to_the_millisecond_and_then_leaves_nothing() {
    let store = MemoryStore::default();
    tell(&store, NOW, Command::Tried(tag(1)));
    assert_eq!(tell(&store, NOW + WINDOW - Duration::from_millis(1), Command::Tried(tag(2))), 2);
    assert_eq!(tell(&store, NOW + WINDOW, Command::Tried(tag(3))), 2);
    due(&store, NOW + WINDOW * 3).unwrap();
    let left = store.transaction::<_, StoreFault>(|sql| sql.run("SELECT * FROM counted", &[])).unwrap();
    assert!(left.is_empty() && store.alarm().is_none());
}

#[test]
fn tries_are_counted_ten_of_a_name_at_the_most_and_go_with_it() {
    let store = MemoryStore::default();
    let tries = |command: Command| obey(&store, NOW, 1, &command).unwrap().tries;
    for time in 1..=14 {
        assert_eq!(tries(Command::Tried(tag(1))), time.min(10));
    }
    assert_eq!(tries(Command::Tried(tag(2))), 11);
    assert_eq!(tries(Command::Tried(tag(2))), 12);
    assert_eq!(tries(Command::Succeeded(tag(1))), 2);
}

#[test]
fn what_lies_elsewhere_counts_for_an_hour_after_it_was_last_told() {
    let store = MemoryStore::default();
    let half = WINDOW / 2;
    assert_eq!(tell(&store, NOW, Command::Elsewhere(40, 90)), 40);
    let told = obey(&store, NOW + half, 1, &Command::Tried(tag(1))).unwrap();
    assert_eq!((told.names, told.tries), (41, 91));
    assert_eq!(tell(&store, NOW + half, Command::Elsewhere(50, 90)), 51, "what was told before is told anew");
    assert_eq!(tell(&store, NOW + half + WINDOW - Duration::from_millis(1), Command::Succeeded(tag(1))), 50);
    assert_eq!(tell(&store, NOW + half + WINDOW, Command::Succeeded(tag(1))), 0);
}

#[test]
fn who_heard_less_of_the_other_parts_makes_what_lies_elsewhere_no_less() {
    let store = MemoryStore::default();
    let half = WINDOW / 2;
    assert_eq!(tell(&store, NOW, Command::Elsewhere(27, 50)), 27);
    let told = obey(&store, NOW + half, 1, &Command::Elsewhere(1, 60)).unwrap();
    assert_eq!((told.names, told.tries), (27, 60));
    assert_eq!(tell(&store, NOW + WINDOW, Command::Succeeded(tag(1))), 27, "for an hour after it was last told");
    assert_eq!(tell(&store, NOW + half + WINDOW, Command::Succeeded(tag(1))), 0);
}

#[test]
fn tables_of_a_build_before_are_left_behind() {
    let before = || {
        let store = MemoryStore::default();
        let old = "CREATE TABLE tried (name BLOB PRIMARY KEY, at INTEGER NOT NULL)";
        store.transaction::<_, StoreFault>(|sql| sql.run(old, &[])).unwrap();
        store
    };
    let asked = before();
    assert_eq!(tell(&asked, NOW, Command::Tried(tag(1))), 1);
    let woken = before();
    due(&woken, NOW).unwrap();
    for store in [asked, woken] {
        let old = "SELECT name FROM sqlite_master WHERE name = 'tried'";
        assert!(store.transaction::<_, StoreFault>(|sql| sql.run(old, &[])).unwrap().is_empty());
    }
}

#[test]
fn it_is_hot_from_a_number_of_questions_and_stays_so_while_an_eighth_of_them_comes() {
    let store = MemoryStore::default();
    let after = |seconds: u64| NOW + Duration::from_secs(seconds);
    assert!(!is_hot(&store, NOW, HOT - 1));
    assert!(is_hot(&store, NOW, HOT));
    assert!(is_hot(&store, after(29), 1), "for a minute");
    assert!(is_hot(&store, after(45), HOT / 8), "which is begun anew");
    assert!(is_hot(&store, after(104), 1));
    assert!(!is_hot(&store, after(105), HOT / 8), "and over when nothing asks hard in its second half");
    due(&store, after(105)).unwrap();
    let left = store.transaction::<_, StoreFault>(|sql| sql.run("SELECT * FROM whole", &[])).unwrap();
    assert!(left.is_empty());
}

#[test]
fn memory_has_an_end() {
    let store = MemoryStore::default();
    for number in 0..5_000 {
        tell(&store, NOW, Command::Tried(tag(number)));
    }
    assert_eq!(tell(&store, NOW, Command::Tried(tag(5_001))), 4_096);
}
