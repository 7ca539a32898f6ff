//! Packed attestation: the statement, its leaf, and the path above it.

use crate::forge::cbor::{C, Entries, bytes, flip, get_bytes, remove, set, t};
use crate::forge::certificate::{C as COUNTRY, CN, Certificate, Chain, O, OU};
use crate::forge::registration::Registration;
use crate::forge::signer::Signer;
use crate::forge::{AAGUID, der};
use crate::list::{Cases, bent, leaf, packed_chain, packed_leaf, self_packed};

const FULL: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-5";
const SELF: &str = "fido/Server-ServerAuthenticatorAttestationResponse-Resp-6";

/// The x5c of a statement, to be bent.
fn x5c(edit: fn(&mut Vec<C>)) -> impl FnOnce(&mut Registration) {
    move |r| {
        r.statement = Box::new(move |map| {
            let entry = map.iter_mut().find(|(key, _)| matches!(key, C::Text(name) if name == "x5c")).unwrap();
            let C::Array(list) = &mut entry.1 else { panic!("x5c") };
            edit(list);
        });
    }
}

pub fn all(cases: &mut Cases) {
    fido_full(cases);
    fido_self(cases);
    statement(cases);
    leaf_rules(cases);
    path(cases);
}

fn fido_full(cases: &mut Cases) {
    cases.accept(format!("{FULL}/P-1 valid"), packed_leaf(|_| {}));
    let leaf_der = Chain::short(leaf()).der().remove(0);
    cases.accept(
        format!("{FULL}/P-3 the batch certificate is the anchor"),
        bent(packed_leaf(|_| {}), |r| {
            r.anchors = vec![leaf_der];
        }),
    );
    cases.accept(format!("{FULL}/P-4 critical basic constraints"), packed_chain(|_| {}));
    let unknown = bent(packed_leaf(|_| {}), |r| r.object = Box::new(|map| set(map, "fmt", t("packed-full"))));
    cases.reject(format!("{FULL}/F-1 unknown fmt"), "7.1 step 21", unknown);
    let edits: [(&str, fn(&mut Entries)); 2] = [
        ("F-2 sig not verifiable", |map| flip(map, "sig")),
        ("F-4 x5c not an array", |map| set(map, "x5c", bytes(&[1]))),
    ];
    for (name, edit) in edits {
        let forged = bent(packed_leaf(|_| {}), |r| r.statement = Box::new(edit));
        cases.reject(format!("{FULL}/{name}"), "7.1 step 22", forged);
    }
    let missing = bent(packed_leaf(|_| {}), |r| r.statement = Box::new(|map| remove(map, "x5c")));
    cases.reject(format!("{FULL}/F-3 x5c missing"), "7.1 step 22", missing);
    cases.reject(format!("{FULL}/F-5 x5c empty"), "7.1 step 22", bent(packed_leaf(|_| {}), x5c(Vec::clear)));
    cases.reject(format!("{FULL}/F-6 leaf expired"), "7.1 step 24", packed_leaf(|leaf| leaf.until = "20250101000000Z"));
    let early = packed_leaf(|leaf| leaf.from = "20300101000000Z");
    cases.reject(format!("{FULL}/F-7 leaf not yet valid"), "7.1 step 24", early);
    let foreign = bent(packed_chain(|_| {}), |r| {
        let root = Certificate::authority(Signer::P256(0x71), "Test Root");
        r.anchors = vec![root.signed_by(&root)];
    });
    cases.reject(format!("{FULL}/F-9 chain not verifiable"), "7.1 step 24", foreign);
    let with_root = bent(packed_chain(|_| {}), x5c(|list| list.push(C::Bytes(Chain::short(leaf()).root_der()))));
    cases.reject(format!("{FULL}/F-10 x5c includes the root"), "7.1 step 24", with_root);
    cases.reject(
        format!("{FULL}/F-11 chain wrongly ordered"),
        "7.1 step 22",
        bent(packed_chain(|_| {}), x5c(|list| list.reverse())),
    );
    let expired = packed_chain(|chain| chain.links[1].until = "20250101000000Z");
    cases.reject(format!("{FULL}/F-12 intermediate expired"), "7.1 step 24", expired);
    let other = bent(packed_leaf(|_| {}), |r| {
        r.statement = Box::new(|map| {
            let der = Chain::short(Certificate::leaf(Signer::P256(0x51))).der();
            set(map, "x5c", C::Array(der.into_iter().map(C::Bytes).collect()));
        });
    });
    cases.reject(format!("{FULL}/F-13 sig not verifiable with the leaf's key"), "7.1 step 22", other);
    let own = bent(self_packed(|_| {}), |r| {
        let chain = Chain::short(leaf());
        r.anchors = vec![chain.root_der()];
        r.statement =
            Box::new(move |map| map.push((t("x5c"), C::Array(chain.der().into_iter().map(C::Bytes).collect()))));
    });
    cases.reject(format!("{FULL}/F-14 sig by the credential key"), "7.1 step 22", own);
}

fn fido_self(cases: &mut Cases) {
    cases.accept(format!("{SELF}/P-1 valid"), self_packed(|_| {}));
    cases.reject(
        format!("{SELF}/F-1 sig invalid"),
        "7.1 step 22",
        self_packed(|r| r.statement = Box::new(|map| flip(map, "sig"))),
    );
    let unknown = self_packed(|r| r.object = Box::new(|map| set(map, "fmt", t("self"))));
    cases.reject(format!("{SELF}/F-3 unknown fmt"), "7.1 step 21", unknown);
}

fn statement(cases: &mut Cases) {
    let edits: [(&str, fn(&mut Entries)); 9] = [
        ("alg RS256 over an ES256 key", |map| set(map, "alg", C::Int(-257))),
        ("alg ES384 over an ES256 key", |map| set(map, "alg", C::Int(-35))),
        ("alg unknown", |map| set(map, "alg", C::Int(-65535))),
        ("a byte after the DER signature", |map| {
            let mut sig = get_bytes(map, "sig");
            sig.push(0);
            set(map, "sig", C::Bytes(sig));
        }),
        ("a byte inside the DER signature", |map| {
            let mut sig = get_bytes(map, "sig");
            sig.push(0);
            sig[1] += 1;
            set(map, "sig", C::Bytes(sig));
        }),
        ("a DER length in its long form", |map| {
            let mut sig = get_bytes(map, "sig");
            sig.insert(1, 0x81);
            set(map, "sig", C::Bytes(sig));
        }),
        ("a raw signature", |map| set(map, "sig", bytes(&[1; 64]))),
        ("a member the format does not have", |map| map.push((t("ecdaaKeyId"), bytes(&[1])))),
        ("a numbered member", |map| map.push((C::Int(1), bytes(&[1])))),
    ];
    for (name, edit) in edits {
        cases.reject(format!("packed self/{name}"), "7.1 step 22", self_packed(|r| r.statement = Box::new(edit)));
    }
    for (name, edit) in edits {
        let forged = bent(packed_leaf(|_| {}), |r| r.statement = Box::new(edit));
        cases.reject(format!("packed/{name}"), "7.1 step 22", forged);
    }
    let lists: [(&str, fn(&mut Vec<C>)); 4] = [
        ("x5c holds text", |list| list[0] = t("x")),
        ("x5c holds a truncated certificate", |list| {
            let C::Bytes(der) = &mut list[0] else { panic!("x5c") };
            der.truncate(der.len() - 1);
        }),
        ("x5c holds a certificate and a byte", |list| {
            let C::Bytes(der) = &mut list[0] else { panic!("x5c") };
            der.push(0);
        }),
        ("x5c holds nine certificates", |list| {
            let first = list[0].clone();
            list.resize(9, first);
        }),
    ];
    for (name, edit) in lists {
        cases.reject(format!("packed/{name}"), "7.1 step 22", bent(packed_leaf(|_| {}), x5c(edit)));
    }
}

fn aaguid(critical: bool, value: &[u8]) -> (&'static str, bool, Vec<u8>) {
    ("1.3.6.1.4.1.45724.1.1.4", critical, value.to_vec())
}

fn leaf_rules(cases: &mut Cases) {
    let faults: [(&str, fn(&mut Certificate)); 17] = [
        ("version 1", |leaf| {
            leaf.version = 1;
            leaf.ca = None;
        }),
        ("version 2", |leaf| leaf.version = 2),
        ("no C", |leaf| leaf.unset(COUNTRY)),
        ("no O", |leaf| leaf.unset(O)),
        ("no OU", |leaf| leaf.unset(OU)),
        ("no CN", |leaf| leaf.unset(CN)),
        ("C of three letters", |leaf| leaf.set(COUNTRY, "JPN")),
        ("C of digits", |leaf| leaf.set(COUNTRY, "42")),
        ("O empty", |leaf| leaf.set(O, "")),
        ("CN empty", |leaf| leaf.set(CN, "")),
        ("another OU", |leaf| leaf.set(OU, "Authenticator attestation")),
        ("a second OU", |leaf| leaf.subject.push((OU, "Else".to_owned()))),
        ("CA true", |leaf| leaf.ca = Some(true)),
        ("no basic constraints", |leaf| leaf.ca = None),
        ("another AAGUID", |leaf| leaf.extensions.push(aaguid(false, &der::octets(&[1; 16])))),
        ("a critical AAGUID", |leaf| leaf.extensions.push(aaguid(true, &der::octets(&AAGUID)))),
        ("an AAGUID that is no octet string", |leaf| leaf.extensions.push(aaguid(false, &AAGUID))),
    ];
    for (name, bend) in faults {
        cases.reject(format!("packed leaf/{name}"), "7.1 step 22", packed_leaf(bend));
    }
    cases.reject(
        "packed leaf/an extension twice",
        "7.1 step 22",
        packed_leaf(|leaf| {
            leaf.extensions = vec![aaguid(false, &der::octets(&AAGUID)), aaguid(false, &der::octets(&AAGUID))];
        }),
    );
    cases.reject(
        "packed leaf/an RSA key of exponent 1",
        "7.1 step 22",
        packed_leaf(|leaf| {
            let key = der::seq(&[der::uint(&Signer::modulus()), der::uint(&[1])]);
            let kind = der::seq(&[der::oid("1.2.840.113549.1.1.1"), der::null()]);
            leaf.spki = der::seq(&[kind, der::bits(&key)]);
        }),
    );
    cases.accept(
        "packed leaf/the right AAGUID",
        packed_leaf(|leaf| leaf.extensions.push(aaguid(false, &der::octets(&AAGUID)))),
    );
}

fn path(cases: &mut Cases) {
    let faults: [(&str, fn(&mut Chain)); 8] = [
        ("an intermediate that is no CA", |chain| chain.links[1].ca = Some(false)),
        ("an intermediate without basic constraints", |chain| chain.links[1].ca = None),
        ("an intermediate of version 1", |chain| {
            chain.links[1].version = 1;
            chain.links[1].ca = None;
            chain.links[1].key_usage = None;
        }),
        ("an intermediate that may not sign certificates", |chain| chain.links[1].key_usage = Some(0x80)),
        ("an intermediate not yet valid", |chain| chain.links[1].from = "20300101000000Z"),
        ("an unknown critical extension", |chain| chain.links[0].extensions.push(("1.2.3.4", true, der::null()))),
        ("an unknown critical extension above", |chain| chain.links[1].extensions.push(("1.2.3.4", true, der::null()))),
        ("name constraints", |chain| chain.links[1].extensions.push(("2.5.29.30", true, der::seq(&[])))),
    ];
    for (name, bend) in faults {
        cases.reject(format!("path/{name}"), "7.1 step 24", packed_chain(bend));
    }
    let long = |length: Option<u8>| {
        packed_chain(|chain| {
            chain.links.push(Certificate::authority(Signer::P256(0x61), "Upper Intermediate"));
            chain.links[2].path_length = length;
        })
    };
    cases.accept("path/two intermediates", long(Some(1)));
    cases.reject("path/longer than its constraint", "7.1 step 24", long(Some(0)));
    let names = packed_chain(|_| {});
    cases.reject(
        "path/names that do not chain",
        "7.1 step 24",
        bent(names, |r| {
            r.statement = Box::new(|map| {
                let mut chain = Chain::long(leaf());
                let first = chain.der().remove(0);
                chain.links[1].set(CN, "Another Name");
                let second = chain.der().remove(1);
                set(map, "x5c", C::Array(vec![C::Bytes(first), C::Bytes(second)]));
            });
        }),
    );
    let forged = |root_signs: bool| {
        bent(packed_chain(|_| {}), move |r| {
            r.statement = Box::new(move |map| {
                let chain = Chain::long(leaf());
                let mut der = chain.der();
                // The right name over the wrong signature.
                let stranger = Signer::P256(0x72);
                match root_signs {
                    true => der[0] = chain.links[0].signed_with(&chain.links[1], stranger),
                    false => der[1] = chain.links[1].signed_with(&chain.root, stranger),
                }
                set(map, "x5c", C::Array(der.into_iter().map(C::Bytes).collect()));
            });
        })
    };
    cases.reject("path/a leaf its issuer did not sign", "7.1 step 24", forged(true));
    cases.reject("path/an intermediate the root did not sign", "7.1 step 24", forged(false));
    let own_root = bent(packed_chain(|_| {}), |r| {
        // A root of the attacker's own under the trusted root's name, brought along in x5c.
        r.statement = Box::new(|map| {
            let mut chain = Chain::short(leaf());
            chain.root.key = Signer::P256(0x73);
            chain.root.spki = Signer::P256(0x73).spki();
            let der = vec![chain.der().remove(0), chain.root_der()];
            set(map, "x5c", C::Array(der.into_iter().map(C::Bytes).collect()));
        });
    });
    cases.reject("path/a self-signed root brought along", "7.1 step 24", own_root);
    let leaf_only = bent(packed_chain(|_| {}), x5c(|list| list.truncate(1)));
    cases.reject("path/the intermediate left out", "7.1 step 24", leaf_only);
    // Where certificates are not followed, those that came must still belong together.
    let unjudged = |forged: Registration| bent(forged, |r| r.anchors.clear());
    cases.accept("path unjudged/leaf and intermediate", unjudged(packed_chain(|_| {})));
    cases.accept("path unjudged/expired", unjudged(packed_chain(|chain| chain.links[0].until = "20250101000000Z")));
    let no_ca = unjudged(packed_chain(|chain| chain.links[1].ca = Some(false)));
    cases.reject("path unjudged/an intermediate that is no CA", "7.1 step 24", no_ca);
    cases.reject("path unjudged/a leaf its issuer did not sign", "7.1 step 24", unjudged(forged(true)));
    let strangers = bent(packed_chain(|_| {}), x5c(|list| list[1] = C::Bytes(Chain::short(leaf()).der().remove(0))));
    cases.reject("path unjudged/two strangers", "7.1 step 24", unjudged(strangers));
    let limit = packed_chain(|chain| chain.root.path_length = Some(0));
    cases.reject("path/an anchor whose constraint is exceeded", "7.1 step 24", limit);
    let by_intermediate = bent(packed_chain(|_| {}), |r| r.anchors = vec![Chain::long(leaf()).der().remove(1)]);
    cases.accept("path/an intermediate as anchor", by_intermediate);
}
