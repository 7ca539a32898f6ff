//! Login names, issued numbers and masks, against tests/vectors/passwords/names.json.

mod vectors;

use sekisho_rules::{AccountNumber, LoginName, mask};

#[test]
fn every_spelling_of_a_name_has_one_form() {
    for case in vectors::read("names.json")["names"].as_array().unwrap() {
        let name = LoginName::parse(case[0].as_str().unwrap()).unwrap();
        assert_eq!(name.as_str(), case[1].as_str().unwrap(), "{case}");
        assert_eq!(LoginName::parse(name.as_str()), Ok(name.clone()), "{case}");
        assert!(!format!("{name:?}").contains(name.as_str()));
    }
}

#[test]
fn what_is_no_name_is_refused_with_the_reason() {
    for case in vectors::read("names.json")["refused"].as_array().unwrap() {
        let error = LoginName::parse(case[0].as_str().unwrap()).unwrap_err();
        assert_eq!(format!("{error:?}"), case[1].as_str().unwrap(), "{case}");
    }
}

#[test]
fn masks_show_what_the_table_says() {
    let vectors = vectors::read("names.json");
    type Mask = fn(&str) -> String;
    let masks: [(&str, Mask); 6] = [
        ("phone", mask::phone),
        ("mail", mask::mail),
        ("address", mask::address),
        ("birthday", mask::birthday),
        ("postal", mask::postal),
        ("bank_account", mask::bank_account),
    ];
    for (name, mask) in masks {
        for case in vectors["masks"][name].as_array().unwrap() {
            assert_eq!(mask(case[0].as_str().unwrap()), case[1].as_str().unwrap(), "{name} {case}");
        }
    }
}

#[test]
fn an_issued_number_has_eight_digits_at_both_ends_of_the_draw() {
    assert_eq!(AccountNumber::from_random(0).to_string().get(..7), Some("1000000"));
    assert_eq!(AccountNumber::from_random(u64::MAX).to_string().get(..7), Some("9999999"));
}

#[test]
fn a_wrong_digit_or_two_swapped_ones_are_no_number_of_ours() {
    for draw in (0..200u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)) {
        let number = AccountNumber::from_random(draw);
        let digits: Vec<u8> = number.to_string().into_bytes();
        assert_eq!(AccountNumber::parse(&number.to_string()), Some(number));
        assert_eq!(LoginName::from(number).as_str(), number.to_string());
        for at in 0..8 {
            for digit in (b'0'..=b'9').filter(|digit| *digit != digits[at]) {
                let mut wrong = digits.clone();
                wrong[at] = digit;
                assert_eq!(AccountNumber::parse(std::str::from_utf8(&wrong).unwrap()), None);
            }
            if at > 0 && digits[at] != digits[at - 1] {
                let mut wrong = digits.clone();
                wrong.swap(at, at - 1);
                assert_eq!(AccountNumber::parse(std::str::from_utf8(&wrong).unwrap()), None);
            }
        }
    }
    for text in ["", "1234567", "123456789", "+2345678", "１２３４"] {
        assert_eq!(AccountNumber::parse(text), None);
    }
}
