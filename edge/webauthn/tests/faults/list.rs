//! The list of cases, and short ways to bend a response.

use serde_json::{Value, json};

use crate::forge::assertion::Assertion;
use crate::forge::certificate::{Certificate, Chain};
use crate::forge::registration::Registration;
use crate::forge::signer::Signer;
use crate::forge::statement::Shape;

#[derive(Default)]
pub struct Cases(pub Vec<Value>);

/// What a case is built from.
pub trait Forged {
    fn case(self, id: &str) -> Value;
}

impl Forged for Registration {
    fn case(self, id: &str) -> Value {
        self.build(id)
    }
}

impl Forged for Assertion {
    fn case(self, id: &str) -> Value {
        self.build(id)
    }
}

impl Cases {
    pub fn accept(&mut self, id: impl AsRef<str>, forged: impl Forged) {
        let mut case = forged.case(id.as_ref());
        case["expect"] = json!({"outcome": "accept"});
        self.0.push(case);
    }

    /// A case that must fail, at this step.
    pub fn reject(&mut self, id: impl AsRef<str>, step: &str, forged: impl Forged) {
        let mut case = forged.case(id.as_ref());
        case["expect"] = json!({"outcome": "reject", "step": step});
        self.0.push(case);
    }
}

pub fn none(bend: impl FnOnce(&mut Registration)) -> Registration {
    bent(Registration::none(), bend)
}

pub fn self_packed(bend: impl FnOnce(&mut Registration)) -> Registration {
    bent(Registration::new(Signer::P256(1), Shape::SelfPacked), bend)
}

pub fn bent(mut registration: Registration, bend: impl FnOnce(&mut Registration)) -> Registration {
    bend(&mut registration);
    registration
}

pub fn assertion(bend: impl FnOnce(&mut Assertion)) -> Assertion {
    let mut assertion = Assertion::new(Signer::P256(1));
    bend(&mut assertion);
    assertion
}

/// Packed under a leaf that is bent before it is signed.
pub fn packed_leaf(bend: impl FnOnce(&mut Certificate)) -> Registration {
    let mut leaf = leaf();
    bend(&mut leaf);
    Registration::packed(Chain::short(leaf))
}

/// Packed under leaf, intermediate and root, bent before they are signed.
pub fn packed_chain(bend: impl FnOnce(&mut Chain)) -> Registration {
    let mut chain = Chain::long(leaf());
    bend(&mut chain);
    Registration::packed(chain)
}

pub fn leaf() -> Certificate {
    Certificate::leaf(Signer::P256(0x50))
}

/// Sets or, with null, removes a member by its JSON pointer's last part.
pub fn member(parent: &'static str, name: &'static str, value: Value) -> crate::forge::Edit<Value> {
    Box::new(move |json| {
        let object = json.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
        if value.is_null() {
            object.remove(name).unwrap();
        } else {
            object.insert(name.to_owned(), value);
        }
    })
}
