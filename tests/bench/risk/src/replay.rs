//! Recorded judgements under other thresholds: who would have been asked, and how many of the attacks that staff have labelled.
//!
//! The worker logs every judgement with all that it was made of, a line each, `{"judged": …}`. The same model must first come to
//! the same judgement, to the last digit; a record that it does not reproduce is of another release, and nothing is said of it.

use sekisho_edge::risk::{Judgement, Reason, Verdict};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// Around the threshold that was in force, in thousandths.
const STEPS: [i32; 11] = [-5_000, -4_000, -3_000, -2_000, -1_000, -500, 0, 500, 1_000, 2_000, 3_000];

/// Reads the log `file`, replays it and writes `replay.md` and `replay.svg` into `folder`. `labels` is what staff's page saves:
/// the references of judgements whose login was an attacker's.
///
/// # Errors
/// Where a file cannot be read or written, or a judgement is not reproduced.
pub fn write(file: &Path, folder: &Path, labels: Option<&Path>) -> Result<(), String> {
    let text = |file: &Path| std::fs::read_to_string(file).map_err(|fault| format!("{}: {fault}", file.display()));
    let judgements = read(&text(file)?)?;
    let labels = labels.map_or_else(|| Ok(BTreeSet::new()), |file| labelled(&text(file)?))?;
    let [others, attacks, passkeys] = parts(&judgements, &labels);
    let told = table(&others, &attacks) + &of_passkeys(&passkeys, &labels);
    std::fs::create_dir_all(folder).map_err(|fault| fault.to_string())?;
    std::fs::write(folder.join("replay.md"), told).map_err(|fault| fault.to_string())?;
    let steps = (-80..=60).map(|step| step * 100);
    let curve = |of: &[&Judgement]| steps.clone().map(|threshold| (threshold, asked(of, threshold))).collect();
    let mut curves = vec![("asked of the others", curve(&others))];
    if !attacks.is_empty() {
        curves.push(("caught of the labelled attacks", curve(&attacks)));
    }
    crate::report::plot::asked(&folder.join("replay.svg"), curves).map_err(|fault| fault.to_string())
}

/// The references of a list of labels, `{"labels": [7, 9]}`.
fn labelled(text: &str) -> Result<BTreeSet<u64>, String> {
    let list: Value = serde_json::from_str(text).map_err(|fault| format!("labels: {fault}"))?;
    let references = list["labels"].as_array().map(|list| list.iter().map(Value::as_u64).collect());
    references.flatten().ok_or_else(|| "labels: no list of references".to_owned())
}

/// The judgements of a log: lines that hold none are passed over, whatever a log's collector put around them.
fn read(text: &str) -> Result<Vec<Judgement>, String> {
    let mut judgements = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let Some(start) = line.find("{\"judged\":") else { continue };
        let mut values = serde_json::Deserializer::from_str(&line[start..]).into_iter::<Value>();
        let value = values.next().and_then(Result::ok).ok_or_else(|| format!("line {}: cut off", at + 1))?;
        let judgement: Judgement =
            serde_json::from_value(value["judged"].clone()).map_err(|fault| format!("line {}: {fault}", at + 1))?;
        if !judgement.is_reproduced() {
            return Err(format!(
                "line {}: this release judges otherwise; replay it with the one that wrote it",
                at + 1
            ));
        }
        judgements.push(judgement);
    }
    Ok(judgements)
}

/// Those of which nobody has said that they were an attack, the others, and whatever was proved by a passkey. No threshold asks
/// that for more: within a share it would only hide how many of the rest are asked.
fn parts<'log>(judgements: &'log [Judgement], labels: &BTreeSet<u64>) -> [Vec<&'log Judgement>; 3] {
    let (passkeys, judgements): (Vec<_>, Vec<_>) = judgements.iter().partition(|one| one.evidence.by_passkey);
    let (attacks, others) = judgements.into_iter().partition(|one| labels.contains(&one.reference));
    [others, attacks, passkeys]
}

/// The share that would be asked under `threshold`.
fn asked(judgements: &[&Judgement], threshold: i32) -> f64 {
    let would = judgements.iter().filter(|judgement| judgement.would_ask(threshold));
    would.count() as f64 / judgements.len().max(1) as f64
}

/// `others`: those of which nobody has said that they were an attack.
fn table(others: &[&Judgement], attacks: &[&Judgement]) -> String {
    let mut text = format!(
        "# {} judgements, each reproduced; {} were labelled as an attack\n\n\
         | threshold | asked of the others | caught of the attacks | missed |\n|---|---|---|---|\n",
        others.len() + attacks.len(),
        attacks.len()
    );
    for threshold in STEPS {
        let caught = attacks.iter().filter(|judgement| judgement.would_ask(threshold)).count();
        let share = asked(others, threshold) * 100.0;
        let _ = writeln!(text, "| {threshold} | {share:.2} % | {caught} | {} |", attacks.len() - caught);
    }
    let all: Vec<&Judgement> = others.iter().chain(attacks).copied().collect();
    text.push_str("\n| verdict | judgements |\n|---|---|\n");
    for verdict in Verdict::ALL {
        let count = all.iter().filter(|judgement| judgement.verdict == verdict).count();
        let _ = writeln!(text, "| {} | {count} |", name(serde_json::to_value(verdict)));
    }
    text.push_str("\n| reason | judgements | asked by itself | mean weight in the score |\n|---|---|---|---|\n");
    for (reason, (rules, weights)) in weighed(&all) {
        let mean = weights.iter().sum::<i64>().checked_div(weights.len() as i64);
        let mean = mean.map_or_else(|| "–".to_owned(), |mean| mean.to_string());
        let _ = writeln!(text, "| {reason} | {} | {rules} | {mean} |", rules + weights.len());
    }
    text
}

/// What is said of logins by passkey.
fn of_passkeys(passkeys: &[&Judgement], labels: &BTreeSet<u64>) -> String {
    let attacks = passkeys.iter().filter(|judgement| labels.contains(&judgement.reference)).count();
    let refused = passkeys.iter().filter(|judgement| judgement.verdict == Verdict::Refuse).count();
    format!(
        "\nProved by a passkey, which no threshold asks for more, and in none of these figures: {}, of which {attacks} were labelled \
         as an attack and {refused} refused as a copy.\n",
        passkeys.len()
    )
}

/// How often each reason asked by itself, and what it weighed where it did not.
fn weighed(judgements: &[&Judgement]) -> BTreeMap<String, (usize, Vec<i64>)> {
    let mut reasons: BTreeMap<String, (usize, Vec<i64>)> = BTreeMap::new();
    let given = judgements.iter().flat_map(|judgement| Reason::ALL.into_iter().map(|one| (one, judgement.weight(one))));
    for (reason, weight) in given {
        let Some(weight) = weight else { continue };
        let (rules, weights) = reasons.entry(name(serde_json::to_value(reason))).or_default();
        match weight {
            Some(weight) => weights.push(weight.into()),
            None => *rules += 1,
        }
    }
    reasons
}

/// As records have it: `allow`, `step_up: code`.
fn name(of: serde_json::Result<Value>) -> String {
    match of {
        Ok(Value::String(name)) => name,
        Ok(Value::Object(with)) => {
            with.iter().map(|(name, with)| format!("{name}: {}", with.as_str().unwrap_or_default())).collect()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_edge::risk::{Evidence, Features, Habits, PerFeature, Priors};
    use sekisho_rules::Timestamp;

    fn judgement(address: u64) -> Judgement {
        let shown = |address| Features {
            values: PerFeature::new(|feature| if feature as usize == 0 { address } else { 7 }),
            hour: 9,
            device: None,
            ..Features::default()
        };
        let now = |day: u64| Timestamp::from_millis(1_795_323_900_000 + day * 86_400_000);
        let mut habits = Habits::default();
        (0..9).for_each(|day| habits.learn(&shown(1), now(day)));
        Judgement::of(Evidence::gather(&habits, &shown(address), &Priors, now(9)), 0)
    }

    fn line(judgement: &Judgement) -> String {
        format!("2026-11-25T12:00:00Z log {{\"judged\":{}}}\n", serde_json::to_string(judgement).unwrap())
    }

    #[test]
    fn what_was_logged_is_reproduced_and_counted() {
        let (usual, new) = (judgement(1), judgement(2));
        assert!(new.score > usual.score);
        let log = format!("something else\n{}{}", line(&usual), line(&new));
        let read = read(&log).unwrap();
        assert_eq!(read, [usual.clone(), new.clone()]);
        assert_eq!(asked(&[&usual, &new], new.score.unwrap()), 0.5);
        let mut abroad = usual.evidence.clone();
        abroad.weight = PerFeature::new(|feature| if feature as usize == 4 { 0 } else { abroad.weight.of(feature) });
        let abroad = Judgement::of(Evidence { failures: 5, ..abroad }, 0);
        let told = table(&[&usual, &new, &abroad], &[]);
        assert!(told.contains("3 judgements, each reproduced; 0 were"), "{told}");
        assert!(told.contains("| allow | 2 |") && told.contains("| step_up: desk | 1 |"), "{told}");
        let weight = abroad.weight(Reason::UnfamiliarCountry).flatten().unwrap();
        assert!(told.contains(&format!("| unfamiliar_country | 1 | 0 | {weight} |")), "{told}");
        assert!(told.contains("| many_failures | 1 | 1 | – |"), "{told}");
    }

    #[test]
    fn of_labelled_attacks_the_table_tells_how_many_each_threshold_catches() {
        let (usual, new) = (judgement(1), Judgement { reference: 9, score: Some(0), ..judgement(2) });
        let told = table(&[&usual], &[&new]);
        assert!(told.contains("2 judgements, each reproduced; 1 were labelled"), "{told}");
        assert!(told.contains("| -3000 | 0.00 % | 1 | 0 |") && told.contains("| 3000 | 0.00 % | 0 | 1 |"), "{told}");
        assert_eq!(labelled("{\"labels\":[9,7]}").unwrap(), [7, 9].into());
        for broken in ["", "[]", "{\"labels\":[-1]}", "{\"labels\":[\"9\"]}"] {
            assert!(labelled(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn logins_by_passkey_are_told_apart_and_no_part_of_any_share() {
        let passkey = |reference| {
            let Judgement { evidence, threshold, .. } = judgement(2);
            Judgement { reference, ..Judgement::of(Evidence { by_passkey: true, failures: 5, ..evidence }, threshold) }
        };
        let attack = Judgement { reference: 9, ..judgement(2) };
        let all = [judgement(1), judgement(2), passkey(1), passkey(2), passkey(8), attack];
        let [others, attacks, passkeys] = parts(&all, &[8, 9].into());
        assert_eq!((others.len(), attacks.len(), asked(&others, -20_000)), (2, 1, 1.0));
        let told = table(&others, &attacks) + &of_passkeys(&passkeys, &[8, 9].into());
        assert!(told.contains("# 3 judgements, each reproduced; 1 were labelled"), "{told}");
        assert!(
            told.contains("in none of these figures: 3, of which 1 were labelled as an attack and 0 refused"),
            "{told}"
        );
        assert!(!told.contains("many_failures"), "{told}");
    }

    #[test]
    fn an_attack_that_a_sign_met_is_caught_by_every_threshold() {
        let Judgement { mut evidence, threshold, .. } = judgement(1);
        evidence.failures = 5;
        let signed = Judgement { reference: 9, ..Judgement::of(evidence, threshold) };
        let told = table(&[&judgement(1)], &[&signed]);
        assert!(told.contains("| 3000 | 0.00 % | 1 | 0 |"), "{told}");
    }

    #[test]
    fn a_record_that_this_release_would_not_write_is_not_replayed() {
        let was = judgement(1);
        for altered in [
            Judgement { score: Some(123_456), ..was.clone() },
            Judgement { verdict: Verdict::Refuse, ..was.clone() },
            Judgement { reasons: vec![Reason::NewDevice], weights: vec![Some(1)], ..was },
        ] {
            assert!(read(&line(&altered)).unwrap_err().contains("judges otherwise"), "{altered:?}");
        }
        assert!(read("{\"judged\":{\"evid").unwrap_err().contains("cut off"));
    }

    #[test]
    fn a_log_becomes_a_table_and_a_plot() {
        let folder = std::env::temp_dir().join(format!("sekisho-replay-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let log = folder.join("worker.log");
        let (labels, shown) = (folder.join("labels.json"), Judgement { reference: 9, ..judgement(2) });
        std::fs::write(&log, line(&shown)).unwrap();
        std::fs::write(&labels, "{\"labels\":[9]}").unwrap();
        write(&log, &folder, None).unwrap();
        assert!(!std::fs::read_to_string(folder.join("replay.svg")).unwrap().contains("caught"));
        write(&log, &folder, Some(&labels)).unwrap();
        assert!(std::fs::read_to_string(folder.join("replay.svg")).unwrap().contains("caught"));
        assert!(std::fs::read_to_string(folder.join("replay.md")).unwrap().contains("| 0 |"));
        assert!(std::fs::read_to_string(folder.join("replay.svg")).unwrap().contains("<svg"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
