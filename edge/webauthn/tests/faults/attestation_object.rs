//! The attestation object and the authenticator data inside it.

use crate::forge::cbor::{C, Entries, bytes, remove, set, t};
use crate::forge::certificate::Chain;
use crate::forge::registration::Registration;
use crate::forge::signer::Signer;
use crate::forge::statement::Shape;
use crate::forge::{b64, sha256};
use crate::list::{Cases, leaf, none, self_packed};

const SUITE: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-3";
const NONE: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-7";

fn extension() -> Vec<u8> {
    C::Map(vec![(t("credProtect"), C::Int(3))]).encode()
}

pub fn all(cases: &mut Cases) {
    fido(cases);
    format_none(cases);
    let objects: [(&str, fn(&mut Entries)); 5] = [
        ("a second fmt", |map| map.push((t("fmt"), t("none")))),
        ("a second authData", |map| map.push((t("authData"), bytes(&[0; 37])))),
        ("a key that is bytes", |map| map.push((bytes(b"x"), C::Int(1)))),
        ("a tag", |map| map.push((t("x"), C::Raw(vec![0xc0, 0x00])))),
        ("a value nested deeply", |map| map.push((t("x"), C::Raw([vec![0x81; 64], vec![0]].concat())))),
    ];
    for (name, edit) in objects {
        cases.reject(format!("attestation object/{name}"), "7.1 step 13", none(|r| r.object = Box::new(edit)));
    }
    let raw: [(&str, fn(&mut Vec<u8>)); 7] = [
        ("truncated", |bytes| bytes.truncate(bytes.len() - 1)),
        ("a byte after it", |bytes| bytes.push(0)),
        ("a map of indefinite length", |bytes| {
            bytes[0] = 0xbf;
            bytes.push(0xff);
        }),
        ("a map that claims 2^32 entries", |bytes| *bytes = vec![0xba, 0xff, 0xff, 0xff, 0xff]),
        ("bytes that claim 2^63", |bytes| *bytes = vec![0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("a wide array of nothing", |bytes| *bytes = [vec![0x99, 0x27, 0x10], vec![0xf6; 10_000]].concat()),
        ("nothing but a break", |bytes| *bytes = vec![0xff]),
    ];
    for (name, edit) in raw {
        cases.reject(format!("attestation object/{name}"), "7.1 step 13", none(|r| r.object_bytes = Box::new(edit)));
    }
    authenticator_data(cases);
}

fn fido(cases: &mut Cases) {
    cases.accept(
        format!("{SUITE}/P-1 ED with extension data"),
        none(|r| {
            r.flags |= 0x80;
            r.extensions = extension();
        }),
    );
    let faults: [(&str, fn(&mut Entries)); 7] = [
        ("F-2 fmt missing", |map| remove(map, "fmt")),
        ("F-3 fmt not a string", |map| set(map, "fmt", C::Int(1))),
        ("F-4 attStmt missing", |map| remove(map, "attStmt")),
        ("F-5 attStmt not a map", |map| set(map, "attStmt", C::Array(Vec::new()))),
        ("F-6 authData missing", |map| remove(map, "authData")),
        ("F-7 authData not bytes", |map| set(map, "authData", t("x"))),
        ("F-8 authData empty", |map| set(map, "authData", bytes(&[]))),
    ];
    let array = none(|r| r.object_bytes = Box::new(|bytes| *bytes = C::Array(Vec::new()).encode()));
    cases.reject(format!("{SUITE}/F-1 not a CBOR map"), "7.1 step 13", array);
    for (name, edit) in faults {
        cases.reject(format!("{SUITE}/{name}"), "7.1 step 13", self_packed(|r| r.object = Box::new(edit)));
    }
    cases.reject(
        format!("{SUITE}/F-9 AT clear but data present"),
        "7.1 step 13",
        self_packed(|r| {
            r.auth_data = Box::new(|data| data[32] &= !0x40);
        }),
    );
    cases.reject(format!("{SUITE}/F-10 AT clear, no data"), "7.1 step 13", self_packed(|r| r.flags &= !0x40));
    cases.reject(
        format!("{SUITE}/F-11 AT set, no data"),
        "7.1 step 13",
        self_packed(|r| {
            r.auth_data = Box::new(|data| data.truncate(37));
        }),
    );
    cases.reject(
        format!("{SUITE}/F-12 leftover bytes"),
        "7.1 step 13",
        self_packed(|r| {
            r.auth_data = Box::new(|data| data.extend([0; 4]));
        }),
    );
    let statements: [(&str, fn(&mut Entries)); 6] = [
        ("F-13 packed attStmt empty", Vec::clear),
        ("F-14 alg missing", |map| remove(map, "alg")),
        ("F-15 alg not a number", |map| set(map, "alg", t("-7"))),
        ("F-17 sig missing", |map| remove(map, "sig")),
        ("F-18 sig not bytes", |map| set(map, "sig", t("x"))),
        ("F-19 sig empty", |map| set(map, "sig", bytes(&[]))),
    ];
    for (name, edit) in statements {
        cases.reject(format!("{SUITE}/{name}"), "7.1 step 22", self_packed(|r| r.statement = Box::new(edit)));
    }
}

fn format_none(cases: &mut Cases) {
    cases.accept(format!("{NONE}/P-1 valid none"), none(|_| {}));
    cases.accept(format!("{NONE}/P-2 self packed when none was asked"), self_packed(|_| {}));
    let mut full = Registration::new(Signer::P256(1), Shape::Packed(Chain::short(leaf())));
    full.anchors.clear();
    full.object = Box::new(|map| set(map, "fmt", t("none")));
    cases.reject(format!("{NONE}/F-1 full statement under fmt none"), "7.1 step 22", full);
    cases.reject(
        "none/a member",
        "7.1 step 22",
        none(|r| r.statement = Box::new(|map| map.push((t("sig"), bytes(&[1]))))),
    );
    let formats = ["", "None", "packed2", "android-safetynet", "none\0"];
    for name in formats {
        let forged = none(|r| r.object = Box::new(move |map| set(map, "fmt", t(name))));
        cases.reject(format!("attestation object/format {name:?}"), "7.1 step 21", forged);
    }
    let mut unanchored = none(|_| {});
    unanchored.anchors = vec![Chain::short(leaf()).root_der()];
    cases.reject("none/where certificates are demanded", "7.1 step 24", unanchored);
    let mut unanchored = self_packed(|_| {});
    unanchored.anchors = vec![Chain::short(leaf()).root_der()];
    cases.reject("packed self/where certificates are demanded", "7.1 step 24", unanchored);
}

fn authenticator_data(cases: &mut Cases) {
    let rejected: [(&str, &str, fn(&mut Registration)); 17] = [
        ("the RP ID hash of another site", "14", |r| r.rp_hash = sha256(b"evil.example")),
        ("the RP ID hash of a subdomain", "14", |r| r.rp_hash = sha256(b"www.broker.example")),
        ("UP clear", "15", |r| r.flags &= !0x01),
        ("UV clear", "16", |r| r.flags &= !0x04),
        ("BS without BE", "17", |r| r.flags |= 0x10),
        ("ED set, no extensions", "13", |r| r.flags |= 0x80),
        ("ED clear, extensions present", "13", |r| r.extensions = extension()),
        ("extensions not a map", "13", |r| {
            r.flags |= 0x80;
            r.extensions = vec![0x01];
        }),
        ("extensions with a key twice", "13", |r| {
            r.flags |= 0x80;
            r.extensions = vec![0xa2, 0x61, b'a', 1, 0x61, b'a', 2];
        }),
        ("bytes after the extensions", "13", |r| {
            r.flags |= 0x80;
            r.extensions = [extension(), vec![0]].concat();
        }),
        ("the credential id longer than the data", "13", |r| {
            r.auth_data = Box::new(|data| data[53..55].copy_from_slice(&[0xff, 0xff]));
        }),
        ("the credential id one byte longer than it is", "13", |r| r.auth_data = Box::new(|data| data[54] += 1)),
        ("an empty credential id", "3", |r| r.id.clear()),
        ("a credential id of 1024 bytes", "25", |r| r.id = vec![7; 1024]),
        ("36 bytes", "13", |r| r.auth_data = Box::new(|data| data.truncate(36))),
        ("a truncated AAGUID", "13", |r| {
            r.auth_data = Box::new(|data| {
                data.remove(40);
            })
        }),
        ("no key", "13", |r| r.auth_data = Box::new(|data| data.truncate(87))),
    ];
    for (name, step, bend) in rejected {
        cases.reject(format!("authenticator data/{name}"), &format!("7.1 step {step}"), none(bend));
    }
    cases.reject(
        "authenticator data/the signed id is another",
        "7.1 step 13",
        none(|r| {
            let other = b64(&[0x1e; 32]);
            r.json = Box::new(move |json| {
                json["id"] = other.clone().into();
                json["rawId"] = other.into();
            });
        }),
    );
    let accepted: [(&str, fn(&mut Registration)); 5] = [
        ("BE and BS", |r| r.flags |= 0x18),
        ("BE without BS", |r| r.flags |= 0x08),
        ("a credential id of 1023 bytes", |r| r.id = vec![7; 1023]),
        ("UV clear where preferred", |r| {
            r.flags &= !0x04;
            r.case = Box::new(|case| case["userVerification"] = "preferred".into());
        }),
        ("UP and UV clear in a conditional create", |r| {
            r.flags &= !0x05;
            r.case = Box::new(|case| case["mediation"] = "conditional".into());
        }),
    ];
    for (name, bend) in accepted {
        cases.accept(format!("authenticator data/{name}"), none(bend));
    }
}
