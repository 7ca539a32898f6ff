use super::*;
use crate::memory::MemoryStore;

const A: AccountId = AccountId([1; 16]);
const B: AccountId = AccountId([2; 16]);

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

#[test]
fn a_name_goes_to_the_first_and_stays() {
    let store = MemoryStore::default();
    let obey = |now: u64, command: Command| obey(&store, at(now), &command).unwrap();
    assert_eq!(obey(0, Command::Look), Reply::Free);
    assert_eq!(obey(0, Command::Reserve { account: A }), Reply::Done);
    assert_eq!(obey(1, Command::Reserve { account: A }), Reply::Done);
    assert_eq!(obey(1, Command::Reserve { account: B }), Reply::Taken);
    assert_eq!(obey(1, Command::Look), Reply::Free);
    assert_eq!(obey(2, Command::Confirm { account: B }), Reply::Taken);
    assert_eq!(obey(2, Command::Confirm { account: A }), Reply::Done);
    assert_eq!(obey(3, Command::Confirm { account: A }), Reply::Done);
    assert_eq!(obey(9_999_999, Command::Look), Reply::Leads(A));
    assert_eq!(obey(9_999_999, Command::Reserve { account: B }), Reply::Taken);
}

#[test]
fn a_lapsed_reservation_frees_the_name() {
    let store = MemoryStore::default();
    let obey = |now: u64, command: Command| obey(&store, at(now), &command).unwrap();
    obey(0, Command::Reserve { account: A });
    assert_eq!(obey(599, Command::Reserve { account: B }), Reply::Taken);
    assert_eq!(obey(600, Command::Confirm { account: A }), Reply::Taken);
    assert_eq!(obey(600, Command::Reserve { account: B }), Reply::Done);
    assert_eq!(obey(601, Command::Release { account: A }), Reply::Done);
    assert_eq!(obey(601, Command::Confirm { account: B }), Reply::Done);
    assert_eq!(obey(602, Command::Release { account: B }), Reply::Done);
    assert_eq!(obey(602, Command::Look), Reply::Free);
}

#[test]
fn looking_at_an_unknown_name_writes_nothing() {
    let store = MemoryStore::default();
    obey(&store, at(0), &Command::Look).unwrap();
    let tables = store.transaction(|sql| sql.run("SELECT name FROM sqlite_master", &[])).unwrap();
    assert!(tables.is_empty());
}
