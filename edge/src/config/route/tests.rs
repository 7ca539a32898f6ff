use super::*;

const DEMO: &str = include_str!("../../../sekisho.toml");

/// What a route with these fields asks for, in the demo's config with an edit.
fn route(fields: &str, (from, to): (&str, &str)) -> Result<Proof, String> {
    let text = format!("{DEMO}\n[[routes]]\npath = \"/x\"\n{fields}\n").replacen(from, to, 1);
    let config = Config::parse(&text).map_err(|complaints| format!("{complaints:?}"))?;
    Ok(config.demand("/x").1)
}

const ALL: Amr = BY_PASSKEY.with(BY_PASSWORD);

#[test]
fn a_route_names_what_must_all_stand_in_the_statement() {
    for (names, asked, need) in [
        ("\"hwk\"", Amr::PASSKEY, Some("passkey")),
        ("\"user\"", Amr::USER_VERIFIED, Some("passkey")),
        ("\"user\", \"hwk\"", BY_PASSKEY, Some("passkey")),
        ("\"pwd\"", Amr::PASSWORD, Some("login")),
        ("\"otp\"", Amr::CODE, Some("code")),
        ("\"pwd\", \"otp\"", BY_PASSWORD, Some("code")),
        ("\"pwd\", \"otp\", \"hwk\", \"user\"", ALL, Some("both")),
        ("", Amr::NONE, None),
    ] {
        let proof = route(&format!("amr = [{names}]"), ("", "")).unwrap();
        assert_eq!((proof.amr(), proof.need()), (Some(asked), need), "{names}");
        assert_eq!(proof.is_asked(), asked != Amr::NONE);
        // Of all sixteen sets that a session may have shown, just those pass that hold what is asked.
        for bits in 0..16 {
            let shown = Amr::from_bits(bits);
            let met = proof.is_met(shown, Timestamp::from_millis(0), Timestamp::from_millis(9));
            assert_eq!(met, shown.contains(asked), "{names}: {bits}");
        }
    }
    let aged = route("amr = [\"hwk\"]\nage = \"10m\"", ("", "")).unwrap();
    let ago = |seconds: u64| Timestamp::from_millis(10_000_000 - seconds * 1_000);
    assert!(aged.is_met(ALL, ago(600), ago(0)) && !aged.is_met(ALL, ago(601), ago(0)));
    let aged = route("amr = [\"pwd\"]\nage = \"10m\"", ("", "")).unwrap();
    assert!(aged.is_met(BY_PASSWORD, ago(600), ago(0)) && !aged.is_met(BY_PASSWORD, ago(601), ago(0)));
    assert!(!aged.is_met(ALL, ago(0), ago(0)), "the time is the passkey's");
    let classes: Vec<_> = ["[\"hwk\", \"user\"]", "[\"pwd\", \"otp\"]", "[\"pwd\"]", "[]"]
        .map(|names| route(&format!("amr = {names}"), ("", "")).unwrap().acr())
        .into();
    assert_eq!(
        classes,
        [Some("urn:sekisho:acr:phishing-resistant"), Some("urn:sekisho:acr:two-factor"), None, None],
        "in the words of the statement's acr, where it has one"
    );
    assert_eq!(route("proof = \"passkey\"", ("", "")), route("amr = [\"hwk\"]", ("", "")), "one and the same");
}

#[test]
fn a_path_that_no_request_can_have_is_complained_of() {
    let with = |path: &str| Config::parse(&format!("{DEMO}\n[[routes]]\npath = \"{path}\"\ndemand = \"deny\"\n"));
    for odd in
        ["/a%3b", "/a%3Bx/b", "/a%2fb", "/a//b", "/a/../b", "/a/.", "/%61", "/a%ff", "/a%", "/a?b", "/a#b", "/a;"]
    {
        let complaints = with(odd).map(|_| odd).unwrap_err();
        assert!(complaints.iter().any(|complaint| complaint.place.ends_with("].path")), "{odd}: {complaints:?}");
    }
    for plain in ["/a%20b", "/%E6%9C%88", "/a/", "/a.b/.c", "/a~b"] {
        assert!(with(plain).is_ok(), "{plain}");
    }
    let channel = DEMO.replacen("name = \"pc-main\"", "name = \"pc-main\"\npaths = [\"/a//b\"]", 1);
    assert!(Config::parse(&channel).is_err());
}

#[test]
fn what_no_session_can_show_is_refused() {
    let no_codes = ("second_factor = \"always\"", "second_factor = \"off\"");
    let by_risk = ("second_factor = \"always\"", "second_factor = \"risk\"");
    let here_none = ("name = \"pc-main\"", "name = \"pc-main\"\nsecond_factor = \"off\"");
    let no_passwords = ("\npolicy = \"optional\"", "\npolicy = \"required\"");
    let as_delivered = ("", "");
    for (fields, edit, problem) in [
        ("amr = [\"otp\"]", no_codes, "a login need not show otp"),
        ("amr = [\"otp\"]", by_risk, "a login need not show otp"),
        ("amr = [\"pwd\", \"otp\"]", here_none, "a login need not show otp"),
        ("amr = [\"pwd\"]", no_passwords, "nobody with a passkey ever shows pwd"),
        ("amr = [\"hwk\", \"otp\"]", no_passwords, "nobody with a passkey ever shows pwd"),
        ("amr = [\"pwd\", \"hwk\"]\nage = \"10m\"", as_delivered, "a session has one time of proof"),
        ("amr = [\"user\", \"otp\"]\nage = \"10m\"", as_delivered, "a session has one time of proof"),
        ("amr = [\"fpt\"]", as_delivered, "must be a list of: pwd, hwk, user, otp"),
        ("amr = \"pwd\"", as_delivered, "must be a list"),
        ("amr = [\"hwk\"]\nproof = \"factors\"", as_delivered, "says what proof says"),
        ("amr = [\"hwk\"]\ndemand = \"public\"", as_delivered, "is for routes that demand a session"),
        ("amr = [\"hwk\"]\noutage = \"last_known\"", as_delivered, "last_known is for routes"),
    ] {
        let told = route(fields, edit).unwrap_err();
        assert!(told.contains(problem) && told.contains("routes["), "{fields}: {told}");
    }
    for (fields, edit) in [
        ("amr = [\"hwk\", \"user\"]", no_codes),
        ("amr = [\"hwk\"]", no_passwords),
        ("amr = [\"pwd\"]", no_codes),
        ("amr = [\"pwd\"]", by_risk),
    ] {
        assert!(route(fields, edit).is_ok(), "{fields}");
    }
}
