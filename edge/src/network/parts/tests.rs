//! A prefix from which thousands log in a minute, asked by several isolates, each with its own memory.

use super::*;
use crate::memory::Memory;
use crate::memory::testing::memory;
use crate::network::{HOT, WINDOW};
use pollster::block_on;
use std::time::Duration;

const SPRAY: u32 = 30;

fn prefix(limits: &Limits, number: u8) -> Prefix<'_> {
    Prefix { tag: PrefixTag([number; 32]), lane: [number; 32], limits }
}

/// The tag of a name: spread like the MAC that it is.
fn name(number: u32) -> NameTag {
    let mut tag = [0; 32];
    tag[..4].copy_from_slice(&number.wrapping_mul(0x9E37_79B1).to_be_bytes());
    tag[4..8].copy_from_slice(&number.to_be_bytes());
    NameTag(tag)
}

fn tried(memory: &Memory, limits: &Limits, number: u32) -> Heard {
    block_on(prefix(limits, 1).tried(memory, name(number), SPRAY, memory.now())).unwrap()
}

/// A login as a carrier's customers make them: tried and, where `right`, completed.
fn login(memory: &Memory, limits: &Limits, number: u32) -> Heard {
    let heard = tried(memory, limits, number);
    if let Some(object) = heard.counted {
        block_on(memory.network(object, Command::Succeeded(name(number)))).unwrap();
    }
    heard
}

/// The morning: 80 logins a second for `seconds`, by all isolates in turn.
fn morning(memory: &Memory, isolates: &[Limits], seconds: u32) {
    for number in 0..seconds * 80 {
        let heard = login(memory, &isolates[number as usize % isolates.len()], number);
        assert!(!heard.sprayed && !heard.failing, "logins that are completed are none, {number}");
        memory.pass(Duration::from_micros(12_500));
    }
}

fn isolates() -> [Limits; 4] {
    Default::default()
}

/// How often each object was asked since the last time.
fn asked(memory: &Memory) -> Vec<u32> {
    let mut asked = memory.networks_asked();
    asked.sort_unstable_by(|a, b| b.cmp(a));
    asked
}

#[test]
fn a_prefix_is_asked_at_one_object_until_that_is_hot_and_at_eight_from_then_on() {
    let (memory, isolates) = (memory(), isolates());
    for number in 0..HOT / 2 - 1 {
        login(&memory, &isolates[0], number);
    }
    assert_eq!(asked(&memory), [HOT - 2], "below the mark");
    morning(&memory, &isolates, 60);
    asked(&memory);
    morning(&memory, &isolates, 60);
    let asked = asked(&memory);
    let (all, most) = (asked.iter().sum::<u32>(), asked[0]);
    assert_eq!((asked.len(), all), (PARTS, 2 * 60 * 80));
    assert!(most < all / 6, "{asked:?}");
}

#[test]
fn a_spray_within_such_a_morning_raises_what_is_asked_by_the_same_number_of_names() {
    let (memory, isolates) = (memory(), isolates());
    morning(&memory, &isolates, 30);
    asked(&memory);
    let seen: Vec<bool> = (0..60).map(|number| tried(&memory, &isolates[0], 1_000_000 + number).sprayed).collect();
    let first = seen.iter().position(|sprayed| *sprayed);
    assert_eq!(first, Some(29), "every name is with one part, and all parts are added up");
    assert!(seen[29..].iter().all(|sprayed| *sprayed));
    assert_eq!(asked(&memory).iter().sum::<u32>(), 31, "and one more, which the prefix's own object is told");
    // Who has heard nothing of it yet hears it from that one; who asks a part alone, when it comes by there.
    assert!(tried(&memory, &Limits::default(), 2_000_000).sprayed);
    let late = (0..20).map(|number| tried(&memory, &isolates[1], 3_000_000 + number).sprayed);
    assert!(late.collect::<Vec<_>>().contains(&true));
}

#[test]
fn when_it_is_quiet_again_one_object_serves_and_knows_of_the_spray_for_its_hour() {
    let (memory, isolates) = (memory(), isolates());
    morning(&memory, &isolates, 30);
    for number in 0..60 {
        tried(&memory, &isolates[0], 1_000_000 + number);
    }
    memory.pass(Duration::from_secs(121));
    asked(&memory);
    for number in 0..100 {
        let heard = tried(&memory, &isolates[number as usize % 4], 4_000_000 + number % 3);
        assert!(heard.sprayed);
    }
    assert_eq!(asked(&memory), [4], "one question of each isolate, all to one object");
    memory.pass(WINDOW);
    assert!(!tried(&memory, &isolates[0], 5_000_000).sprayed);
    assert_eq!(asked(&memory), [1]);
}

#[test]
fn a_neighbour_is_asked_at_its_own_object_and_hears_nothing_of_it() {
    let (memory, isolates) = (memory(), isolates());
    morning(&memory, &isolates, 30);
    for number in 0..60 {
        tried(&memory, &isolates[0], 1_000_000 + number);
    }
    asked(&memory);
    let neighbour = prefix(&isolates[0], 2);
    for number in 0..20 {
        let heard = block_on(neighbour.tried(&memory, name(number), SPRAY, memory.now())).unwrap();
        assert_eq!((heard.sprayed, heard.counted), (false, Some(neighbour.tag)));
    }
    assert_eq!(asked(&memory), [20]);
}

#[test]
fn many_tries_of_few_names_are_many_failures_and_no_spray() {
    let (memory, limits) = (memory(), Limits::default());
    let heard: Vec<Heard> = (0..200).map(|number| tried(&memory, &limits, number % 20)).collect();
    assert!(heard.iter().all(|heard| !heard.sprayed));
    assert_eq!(heard.iter().position(|heard| heard.failing), Some(119), "four tries for each name of a spray");
    // One name alone is somebody's broken program.
    let (memory, limits) = (self::memory(), Limits::default());
    assert!((0..500).all(|_| !tried(&memory, &limits, 1).failing));
}
