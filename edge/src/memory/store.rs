//! One object's store over SQLite in memory.

use crate::host::{Row, Sql, Store, StoreFault, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};
use sekisho_rules::Timestamp;
use std::cell::Cell;

/// An object's own database and its one alarm.
pub struct MemoryStore {
    /// None where SQLite could not be opened; every transaction then fails.
    connection: Option<Connection>,
    alarm: Cell<Option<Timestamp>>,
    statements: Cell<u64>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self { connection: Connection::open_in_memory().ok(), alarm: Cell::default(), statements: Cell::default() }
    }
}

impl MemoryStore {
    /// When the object is to be woken.
    pub fn alarm(&self) -> Option<Timestamp> {
        self.alarm.get()
    }

    /// How many statements have been run.
    pub fn statements(&self) -> u64 {
        self.statements.get()
    }

    fn connection(&self) -> Result<&Connection, StoreFault> {
        self.connection.as_ref().ok_or_else(|| StoreFault("SQLite could not be opened".into()))
    }

    fn control(&self, statement: &str) -> Result<(), StoreFault> {
        self.connection()?.execute_batch(statement).map_err(fault)
    }
}

impl Store for MemoryStore {
    fn transaction<T, E: From<StoreFault>>(&self, work: impl FnOnce(&dyn Sql) -> Result<T, E>) -> Result<T, E> {
        let alarm = self.alarm.get();
        self.control("BEGIN IMMEDIATE")?;
        let outcome = work(self);
        let end = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
        if outcome.is_err() {
            self.alarm.set(alarm);
        }
        self.control(end)?;
        outcome
    }
}

impl Sql for MemoryStore {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, StoreFault> {
        self.statements.set(self.statements.get() + 1);
        let mut prepared = self.connection()?.prepare_cached(statement).map_err(fault)?;
        let columns = prepared.column_count();
        let mut rows = prepared.query(params_from_iter(values)).map_err(fault)?;
        let mut answer = Vec::new();
        while let Some(row) = rows.next().map_err(fault)? {
            let column = |at| row.get_ref(at).map_err(fault).and_then(value);
            answer.push(Row((0..columns).map(column).collect::<Result<_, _>>()?));
        }
        Ok(answer)
    }

    fn wake(&self, at: Option<Timestamp>) -> Result<(), StoreFault> {
        self.alarm.set(at);
        Ok(())
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value(column: ValueRef<'_>) -> Result<Value, StoreFault> {
    match column {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Integer(number)),
        ValueRef::Real(_) => Err(StoreFault("a fraction is outside the common subset".into())),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(StoreFault("text that is not UTF-8".into())),
        },
        ValueRef::Blob(bytes) => Ok(Value::Blob(bytes.to_vec())),
    }
}

fn fault(fault: rusqlite::Error) -> StoreFault {
    StoreFault(fault.to_string())
}
