//! The table lies in `cases/`: a config, and beside it what is said of it. A case is the demo's config with edits, so that
//! it shows only what it is about; line numbers count in the edited file, of which the cases name the lines by their text.

use super::{check, check_text};
use sekisho_edge::Models;
use sekisho_edge::risk::Networks;
use std::fs;
use std::path::Path;

/// A case's sections: `## name` and the lines below it.
fn cases(file: &str) -> Vec<(String, Vec<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/check_config/cases").join(file);
    let mut cases: Vec<(String, Vec<String>)> = Vec::new();
    for line in fs::read_to_string(path).unwrap().lines() {
        if let Some(name) = line.strip_prefix("## ") {
            cases.push((name.to_owned(), Vec::new()));
        } else if let Some((_, lines)) = cases.last_mut()
            && !line.is_empty()
        {
            lines.push(line.to_owned());
        }
    }
    cases
}

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

#[test]
fn every_complaint_is_told_at_once_with_its_line() {
    let cases = cases("complaints.txt");
    assert!(cases.len() >= 5);
    for (file, said) in cases {
        let text = read(&format!("examples/check_config/cases/{file}"));
        let report = check(&file, &text, Some("/never-asked"));
        assert!(!report.good, "{file}");
        assert_eq!(report.lines, said, "{file}");
    }
}

#[test]
fn a_url_meets_the_rule_that_the_gate_would_ask() {
    let text = read("examples/check_config/cases/good.toml");
    let mut asked = 0;
    for (url, said) in cases("urls.txt") {
        let report = check("good.toml", &text, Some(&url));
        assert!(report.good);
        assert_eq!(report.lines, said, "{url}");
        asked += 1;
    }
    assert!(asked >= 15);
}

#[test]
fn the_demo_is_good() {
    let report = check("sekisho.toml", &read("sekisho.toml"), None);
    assert!(report.good, "{:?}", report.lines);
    assert_eq!(report.lines, ["sekisho.toml: good; 13 routes, 4 channels"]);
}

#[test]
fn a_list_of_networks_is_told_its_line() {
    let networks = |file: &str, text: &str| check_text(file, "networks.txt", Networks::parse(text));
    assert!(networks("networks.txt", &read("networks.txt")).good);
    let report = networks("mine/networks.txt", "# none\nhosting 203.0.113.7/24\n");
    assert!(!report.good);
    assert_eq!(
        report.lines,
        ["mine/networks.txt:2: must name a network, like AS64496, 203.0.113.0/24 or 2001:db8::/32"]
    );
}

#[test]
fn a_summary_of_models_is_read_before_production_reads_it() {
    let models = |file: &str, text: &str| check_text(file, "authenticators.json", Models::parse(text));
    assert!(models("authenticators.json", &read("authenticators.json")).good);
    let report = models("mine/models.json", r#"{"models": {"00112233": {"name": "x"}}}"#);
    assert!(!report.good);
    let said = "mine/models.json: models.00112233: is no AAGUID, 32 hexadecimal digits with or without dashes";
    assert_eq!(report.lines, [said]);
    assert!(!models("authenticators.json", "").good, "what a refresh that failed leaves behind");
}
