//! The store by itself: exact values, and rollback of everything at once.

use super::stage::{START, Stage, blob};
use super::{same, text};
use crate::host::{Store as _, StoreFault, Value};
use std::time::Duration;

/// The common subset of both stores survives the round trip, bit by bit.
pub fn values<T: Stage>(stage: &T) -> Result<(), String> {
    let play = super::stage::Play::begin(stage)?;
    let largest = (1_i64 << 53) - 1;
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let values = [
        Value::Integer(largest),
        Value::Integer(-largest),
        Value::Integer(0),
        Value::Text(String::new()),
        Value::Text("関所 🏯 'quoted' \u{7f}".into()),
        Value::Blob(Vec::new()),
        Value::Blob(all),
        Value::Null,
    ];
    let store = play.stage.store();
    let rows = store.transaction(|sql| {
        sql.run("CREATE TABLE kept (number INTEGER PRIMARY KEY, value)", &[])?;
        for (number, value) in (0_i64..).zip(&values) {
            sql.run("INSERT INTO kept VALUES (?1, ?2)", &[number.into(), value.clone()])?;
        }
        sql.run("SELECT value FROM kept ORDER BY number LIMIT ?1", &[100.into()])
    });
    let found: Vec<Value> = rows.map_err(|fault: StoreFault| text(fault))?.into_iter().flat_map(|row| row.0).collect();
    same("the values", found, values.to_vec())?;
    let beyond = store.transaction(|sql| sql.run("SELECT ?1", &[Value::Integer(largest + 1)]));
    // Either refused, or kept exactly; never rounded.
    let exact =
        beyond.map_or(true, |rows: Vec<_>| rows.first().is_some_and(|row| row.integer(0).ok() == Some(largest + 1)));
    same("a number above 2^53 is refused or exact", exact, true)
}

/// A transaction that fails after it wrote a row and moved the alarm has done neither.
pub async fn rollback<T: Stage>(stage: &T) -> Result<(), String> {
    let play = super::stage::Play::begin(stage)?;
    let (store, later) = (play.stage.store(), START + Duration::from_secs(3600));
    let before = store.transaction(|sql| {
        sql.run("CREATE TABLE kept (value BLOB NOT NULL UNIQUE)", &[])?;
        sql.run("INSERT INTO kept VALUES (?1)", &[blob(b"first")])?;
        sql.wake(Some(later))
    });
    before.map_err(|fault: StoreFault| text(fault))?;
    for what in ["its own error", "the store's"] {
        let failed: Result<(), StoreFault> = store.transaction(|sql| {
            sql.run("INSERT INTO kept VALUES (?1)", &[blob(b"second")])?;
            sql.run("CREATE TABLE half (value)", &[])?;
            sql.wake(if what == "the store's" { None } else { Some(START + Duration::from_secs(7200)) })?;
            match what {
                "the store's" => sql.run("INSERT INTO kept VALUES (?1)", &[blob(b"first")]).map(|_| ()),
                _ => Err(StoreFault("on second thoughts".into())),
            }
        });
        same("a failed transaction fails", failed.is_err(), true)?;
        same("rows after it", play.count("kept", "1 = 1")?, 1)?;
        same("tables after it", play.count("sqlite_master", "name = 'half'")?, 0)?;
        same("the alarm after it", stage.alarm().await, Some(later))?;
    }
    store.transaction(|sql| sql.wake(None)).map_err(|fault: StoreFault| text(fault))?;
    same("a cleared alarm", stage.alarm().await, None)
}
