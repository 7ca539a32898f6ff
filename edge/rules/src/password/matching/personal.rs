//! What is known of the customer, brought into the forms that the matchers search.

use super::super::findings::Warning;
use super::super::width::folded;
use super::text::{Match, Text};
use super::words::Lexicon;
use crate::Person;

/// A customer's data, ready to be searched.
#[derive(Default)]
pub(in crate::password) struct Known {
    /// Names and the parts of the mail address.
    pub lexicon: Lexicon,
    /// Year, month, day.
    pub birthday: Option<(u16, u8, u8)>,
    numbers: Vec<Vec<u8>>,
}

/// About how early a guesser who knows the customer tries any one thing of theirs.
const EARLY: u16 = 10;
/// Fewer digits than this are in every number somewhere.
const SHORTEST_NUMBER: usize = 4;
const SHORTEST_NAME: usize = 3;

impl Known {
    /// Takes from `person` what a password could hold.
    pub fn new(person: &Person) -> Self {
        let names = [&person.family, &person.given, &person.family_kana, &person.given_kana];
        let names = names.into_iter().flatten().map(|name| (folded(name), Warning::Name));
        let id = person.account_number.iter().filter(|id| !id.bytes().all(|b| b.is_ascii_digit()));
        let local = person.mail.iter().filter_map(|mail| mail.split('@').next());
        let local = local.chain(id.map(String::as_str)).map(|text| (text.to_owned(), Warning::Mail));
        let words: Vec<(String, Warning)> =
            names.chain(local).flat_map(|(text, warning)| parts(&text, warning)).collect();
        let numbers = [&person.phone, &person.postal, &person.account_number].into_iter().flatten();
        let digits = |text: &String| folded(text).bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
        Self {
            lexicon: Lexicon::new(words.iter().map(|(word, warning)| (word.as_str(), EARLY, *warning))),
            birthday: person.birthday,
            numbers: numbers.map(digits).filter(|digits| digits.len() >= SHORTEST_NUMBER).collect(),
        }
    }

    /// Finds four or more digits in a row that stand so in one of the customer's numbers, marks between them apart.
    pub fn numbers(&self, text: &Text, out: &mut Vec<Match>) {
        let bytes = text.typed.as_slice();
        for number in &self.numbers {
            let mut from = 0;
            while from < bytes.len() {
                let longest = (0..number.len()).filter_map(|at| run(bytes, from, number.get(at..)?)).max();
                match longest {
                    Some((digits, end)) if digits >= SHORTEST_NUMBER => {
                        // Any piece of any number of that length: the longer it is, the fewer there are.
                        let guesses = f64::from(EARLY) * if digits < 6 { 5.0 } else { 1.0 };
                        out.push(Match { start: from, end, guesses, warning: Warning::Number });
                        from = end;
                    }
                    _ => from += 1,
                }
            }
        }
    }
}

/// How many digits of `number` stand from `from` on, one mark allowed between two, and where they end.
fn run(bytes: &[u8], from: usize, number: &[u8]) -> Option<(usize, usize)> {
    let (mut at, mut digits) = (from, 0);
    for digit in number {
        let mark = digits > 0 && bytes.get(at).is_some_and(|b| b"-.:_,+".contains(b));
        let next = at + usize::from(mark);
        if bytes.get(next) != Some(digit) {
            break;
        }
        at = next + 1;
        digits += 1;
    }
    (digits > 0).then_some((digits, at))
}

/// A text and, where marks divide it, its parts; digits at the end are a part of their own that says nothing alone.
fn parts(text: &str, warning: Warning) -> Vec<(String, Warning)> {
    let text = text.trim();
    let long = |part: &&str| part.chars().count() >= if part.is_ascii() { SHORTEST_NAME } else { 1 };
    let pieces = text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic()).filter(long);
    pieces.chain(Some(text).filter(long)).map(|part| (part.to_owned(), warning)).collect()
}
