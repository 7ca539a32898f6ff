//! The store of a Durable Object: its SQLite and its alarm, inside the runtime's synchronous transaction.
//!
//! Only `transactionSync` of the raw storage undoes SQL and alarm together; the asynchronous one gives other requests
//! a turn in the middle. It commits when its callback returns and rolls back when the callback throws.

use super::text_of;
use crate::host::{Row, Sql, Store, StoreFault, Value};
use js_sys::{Array, ArrayBuffer, Number, Promise, Uint8Array};
use sekisho_rules::Timestamp;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use worker::worker_sys::{DurableObjectStorage, SqlStorage};

#[wasm_bindgen]
extern "C" {
    /// The storage as the runtime hands it to an object; crate `worker` has no `transactionSync`.
    #[wasm_bindgen(extends = DurableObjectStorage)]
    pub type Storage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(this: &Storage, work: &mut dyn FnMut() -> Result<JsValue, JsValue>)
    -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    fn set_alarm_at(this: &Storage, at: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = deleteAlarm)]
    fn clear_alarm(this: &Storage) -> Result<Promise, JsValue>;

    /// When the alarm rings, in milliseconds, or null.
    #[cfg(feature = "conformance")]
    #[wasm_bindgen(method, catch, js_name = getAlarm)]
    pub async fn alarm(this: &Storage) -> Result<JsValue, JsValue>;
}

/// The store of the object that `storage` belongs to.
pub struct ObjectStore {
    storage: Storage,
}

impl ObjectStore {
    /// Takes the object's storage.
    pub const fn new(storage: Storage) -> Self {
        Self { storage }
    }

    /// The object's storage.
    #[cfg(feature = "conformance")]
    pub const fn storage(&self) -> &Storage {
        &self.storage
    }
}

impl Store for ObjectStore {
    fn transaction<T, E: From<StoreFault>>(&self, work: impl FnOnce(&dyn Sql) -> Result<T, E>) -> Result<T, E> {
        // Written so that little of it is there anew for each kind of work. Where it was not run, `enclose` says why.
        let mut work = Some(work);
        let mut outcome = Err(StoreFault(String::new()).into());
        let ended = self.enclose(&mut |sql| {
            if let Some(work) = work.take() {
                outcome = work(sql);
            }
            outcome.is_ok()
        });
        match ended {
            Err(fault) if work.is_some() || outcome.is_ok() => Err(fault.into()),
            _ => outcome,
        }
    }
}

impl ObjectStore {
    /// Runs `work` within a transaction that is kept where it answers so. Apart from [`Store::transaction`], so that there is one
    /// of it and not one for each kind of work.
    fn enclose(&self, work: &mut dyn FnMut(&dyn Sql) -> bool) -> Result<(), StoreFault> {
        let inside = Inside { storage: &self.storage, sql: self.storage.sql() };
        let (mut begun, mut answer) = (false, None);
        let ended = self.storage.transaction_sync(&mut || {
            begun = true;
            let kept = work(&inside);
            answer = Some(kept);
            if kept { Ok(JsValue::UNDEFINED) } else { Err(JsValue::from_str("roll back")) }
        });
        match (answer, ended) {
            (Some(false), _) | (Some(true), Ok(_)) => Ok(()),
            (Some(true), Err(thrown)) => Err(fault("commit", &thrown)),
            // The work was begun and did not end: it panicked, and this instance is beyond use. The shim has to see it.
            (None, Err(panic)) if begun => wasm_bindgen::throw_val(panic),
            (None, Err(thrown)) => Err(fault("begin", &thrown)),
            (None, Ok(_)) => Err(StoreFault("the transaction did not run".into())),
        }
    }
}

struct Inside<'a> {
    storage: &'a Storage,
    sql: SqlStorage,
}

impl Sql for Inside<'_> {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, StoreFault> {
        let bound = values.iter().map(to_js).collect::<Result<Array, _>>()?;
        let cursor = self.sql.exec(statement, bound).map_err(|thrown| fault("statement", &thrown))?;
        let mut rows = Vec::new();
        for row in cursor.raw() {
            let row = Array::from(&row.map_err(|thrown| fault("row", &thrown))?);
            rows.push(Row(row.iter().map(from_js).collect::<Result<_, _>>()?));
        }
        Ok(rows)
    }

    fn wake(&self, at: Option<Timestamp>) -> Result<(), StoreFault> {
        // The promise only tells when the alarm is on disk, which the transaction's end tells as well.
        let set = match at {
            Some(at) => self.storage.set_alarm_at(at.as_millis() as f64),
            None => self.storage.clear_alarm(),
        };
        set.map(|_| ()).map_err(|thrown| fault("alarm", &thrown))
    }
}

/// The runtime binds a number as REAL; a column's INTEGER affinity, a comparison and LIMIT make it whole again.
fn to_js(value: &Value) -> Result<JsValue, StoreFault> {
    Ok(match value {
        Value::Null => JsValue::NULL,
        Value::Integer(number) => {
            let number = JsValue::from_f64(*number as f64);
            if !Number::is_safe_integer(&number) {
                return Err(StoreFault("a whole number above 2^53".into()));
            }
            number
        }
        Value::Text(text) => JsValue::from_str(text),
        Value::Blob(bytes) => Uint8Array::from(bytes.as_slice()).into(),
    })
}

fn from_js(value: JsValue) -> Result<Value, StoreFault> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    if let Some(number) = value.as_f64() {
        let whole = Number::is_safe_integer(&value);
        return if whole { Ok(Value::Integer(number as i64)) } else { Err(StoreFault("not a whole number".into())) };
    }
    if let Some(text) = value.as_string() {
        return Ok(Value::Text(text));
    }
    match value.dyn_into::<ArrayBuffer>() {
        Ok(buffer) => Ok(Value::Blob(Uint8Array::new(&buffer).to_vec())),
        Err(_) => Err(StoreFault("a value of a kind that SQL does not keep".into())),
    }
}

fn fault(what: &str, thrown: &JsValue) -> StoreFault {
    StoreFault(format!("{what}: {}", text_of(thrown)))
}
