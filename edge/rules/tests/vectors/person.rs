//! The invented people of the cases.

use sekisho_rules::Person;

/// A person of weak_people.json; one without data where the file has none of that name.
pub fn person(people: &serde_json::Value, name: &str) -> Person {
    let text = |field: &str| people.get(name)?.get(field)?.as_str().map(str::to_owned);
    Person {
        family: text("family"),
        given: text("given"),
        family_kana: text("family_kana"),
        given_kana: text("given_kana"),
        birthday: text("birthday").and_then(|date| Person::birthday_of(&date)),
        phone: text("phone"),
        postal: text("postal"),
        account_number: text("account_number"),
        mail: text("mail"),
    }
}
