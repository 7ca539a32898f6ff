use super::*;
use crate::memory::MemoryStore;

const NOW: Timestamp = Timestamp::from_millis(1_795_323_900_000);

fn tag(number: u16) -> NameTag {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    NameTag(bytes)
}

fn tell(store: &MemoryStore, now: Timestamp, command: Command) -> u32 {
    obey(store, now, &command).unwrap().names
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
    let left = store.transaction::<_, StoreFault>(|sql| sql.run("SELECT * FROM tried", &[])).unwrap();
    assert!(left.is_empty() && store.alarm().is_none());
}

#[test]
fn memory_has_an_end() {
    let store = MemoryStore::default();
    for number in 0..5_000 {
        tell(&store, NOW, Command::Tried(tag(number)));
    }
    assert_eq!(tell(&store, NOW, Command::Tried(tag(5_001))), 4_096);
}
