//! As much of JSON Schema (draft 2020-12) as `sekisho.schema.json` uses. A keyword that is not known here fails the test, so
//! that nothing in the schema goes unjudged.

use regex::Regex;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

/// What says something to people only.
const NOTES: [&str; 8] = ["$schema", "$defs", "title", "description", "default", "examples", "then", "else"];

pub struct Schema(Value, RefCell<HashMap<String, Regex>>);

impl Schema {
    pub fn read() -> Self {
        Self(serde_json::from_str(include_str!("../../sekisho.schema.json")).unwrap(), RefCell::default())
    }

    /// Whether `text` matches; a pattern is compiled once.
    fn matches(&self, pattern: &str, text: &str) -> bool {
        let mut compiled = self.1.borrow_mut();
        compiled.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap()).is_match(text)
    }

    /// The names that the schema knows in the table at `section`, for instance `/routes/0`.
    pub fn fields(&self, section: &str) -> BTreeSet<String> {
        let mut schema = &self.0;
        for step in section.split('/').filter(|step| !step.is_empty()) {
            schema = if step == "0" { &schema["items"] } else { &schema["properties"][step] };
        }
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "{section}");
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    }

    /// Every word of every `enum`, and every number on both sides of a bound.
    pub fn values(&self) -> Vec<Value> {
        fn collect(value: &Value, values: &mut Vec<Value>) {
            match value {
                Value::Object(map) => {
                    for (keyword, inner) in map {
                        match (keyword.as_str(), inner) {
                            ("enum", Value::Array(words)) => values.extend(words.iter().cloned()),
                            ("minimum" | "maximum", bound) => {
                                let bound = bound.as_i64().unwrap();
                                values.extend((bound - 1..=bound + 1).map(Value::from));
                            }
                            _ => collect(inner, values),
                        }
                    }
                }
                Value::Array(list) => list.iter().for_each(|value| collect(value, values)),
                _ => {}
            }
        }
        let mut values = Vec::new();
        collect(&self.0, &mut values);
        values.sort_by_key(ToString::to_string);
        values.dedup();
        values
    }

    /// Whether `value` is of the schema; else which keyword refuses what.
    pub fn judge(&self, value: &Value) -> Result<(), String> {
        self.one(&self.0, value)
    }

    fn one(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let keywords = match schema {
            Value::Bool(true) => return Ok(()),
            Value::Object(keywords) => keywords,
            _ => return Err(format!("nothing may stand here: {value}")),
        };
        for (keyword, wanted) in keywords {
            if !NOTES.contains(&keyword.as_str()) && !self.keyword(keyword, wanted, keywords, value)? {
                return Err(format!("{keyword} {wanted}: {value}"));
            }
        }
        Ok(())
    }

    fn keyword(
        &self,
        keyword: &str,
        wanted: &Value,
        all: &serde_json::Map<String, Value>,
        value: &Value,
    ) -> Result<bool, String> {
        let length = value.as_str().map(|text| text.chars().count() as u64);
        let count = value.as_array().map(|list| list.len() as u64);
        let whole = |wanted: &Value| wanted.as_i64().unwrap();
        let size = |wanted: &Value| wanted.as_u64().unwrap();
        Ok(match keyword {
            "$ref" => {
                let target = self.0.pointer(wanted.as_str().unwrap().trim_start_matches('#')).unwrap();
                self.one(target, value).map(|()| true)?
            }
            "type" => match wanted.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64() || value.is_u64(),
                other => panic!("type {other}"),
            },
            "enum" => wanted.as_array().unwrap().contains(value),
            "const" => wanted == value,
            "pattern" => value.as_str().is_none_or(|text| self.matches(wanted.as_str().unwrap(), text)),
            "minLength" => length.is_none_or(|length| length >= size(wanted)),
            "maxLength" => length.is_none_or(|length| length <= size(wanted)),
            "minItems" => count.is_none_or(|count| count >= size(wanted)),
            "maxItems" => count.is_none_or(|count| count <= size(wanted)),
            "minimum" => value.as_i64().is_none_or(|number| number >= whole(wanted)),
            "maximum" => value.as_i64().is_none_or(|number| number <= whole(wanted)),
            "items" => {
                value.as_array().into_iter().flatten().try_for_each(|item| self.one(wanted, item)).map(|()| true)?
            }
            "required" => value.as_object().is_none_or(|map| {
                wanted.as_array().unwrap().iter().all(|name| map.contains_key(name.as_str().unwrap()))
            }),
            "properties" => {
                let map = value.as_object().into_iter().flatten();
                map.filter_map(|(name, inner)| wanted.get(name).map(|schema| (schema, inner)))
                    .try_for_each(|(schema, inner)| self.one(schema, inner))
                    .map(|()| true)?
            }
            "additionalProperties" => {
                assert_eq!(wanted, &Value::Bool(false));
                value.as_object().is_none_or(|map| map.keys().all(|name| all["properties"].get(name).is_some()))
            }
            "allOf" => wanted.as_array().unwrap().iter().try_for_each(|one| self.one(one, value)).map(|()| true)?,
            "if" => {
                let branch = if self.one(wanted, value).is_ok() { "then" } else { "else" };
                all.get(branch).map_or(Ok(()), |schema| self.one(schema, value)).map(|()| true)?
            }
            other => panic!("keyword {other} is not known to the test"),
        })
    }
}
