//! A key that changes while a browser is on its way.

use super::{ALT, customer, edge, marking};
use crate::gate::Decision;

#[test]
fn a_code_of_the_key_before_is_believed_and_one_of_two_before_is_not() {
    let ring = |numbers: &[(u8, &str)]| {
        let parts = numbers.iter().map(|(number, fill)| format!("{number}:{}", fill.repeat(43)));
        parts.collect::<Vec<_>>().join(",")
    };
    for (keys, wanted) in [
        (ring(&[(1, "A"), (2, "Q")]), "/home"),
        (ring(&[(2, "Q"), (1, "A")]), "/home"),
        (ring(&[(3, "g"), (2, "Q"), (1, "A")]), "/login?return=/home"),
    ] {
        let mut memory = edge();
        let (mut window, _) = customer(&memory);
        let begun = window.open(&memory, &format!("{ALT}/.sekisho/cross?return=/home"));
        let left = window.open(&memory, begun.headers()["location"].to_str().unwrap());
        memory.house = marking(&keys);
        let arrived = window.open(&memory, left.headers()["location"].to_str().unwrap());
        assert_eq!(arrived.headers()["location"], wanted, "{keys}");
        let passes = matches!(memory.pass_gate(&window.at(ALT).packed("/home")), Decision::Forward { .. });
        assert_eq!(passes, wanted == "/home");
    }
}
