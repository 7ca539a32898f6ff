//! A prefix from which thousands log in a minute, asked by several isolates, each with its own memory.

use super::*;
use crate::memory::Memory;
use crate::memory::testing::memory;
use crate::network::{HOT, WINDOW};
use pollster::block_on;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
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

/// The objects, whose answers are a while on their way.
struct Slow<'a>(&'a Memory);

impl Networks for Slow<'_> {
    async fn network(&self, tag: PrefixTag, command: Command) -> Result<Reply, Unreached> {
        let said = self.0.network(tag, command).await;
        let mut sent = false;
        let way = |context: &mut Context<'_>| {
            context.waker().wake_by_ref();
            if std::mem::replace(&mut sent, true) { Poll::Ready(()) } else { Poll::Pending }
        };
        poll_fn(way).await;
        said
    }
}

/// Tries `number`, and does `meanwhile` while the answer is on its way.
fn tried_while(memory: &Memory, limits: &Limits, number: u32, meanwhile: impl FnOnce()) -> Heard {
    let (prefix, slow, mut context) = (prefix(limits, 1), Slow(memory), Context::from_waker(Waker::noop()));
    let mut asked = pin!(prefix.tried(&slow, name(number), SPRAY, memory.now()));
    assert!(asked.as_mut().poll(&mut context).is_pending(), "the object is asked");
    meanwhile();
    block_on(asked).unwrap()
}

/// The first name from `number` on that is with a part.
fn of_part(wanted: usize, number: u32) -> u32 {
    (number..).find(|number| part(name(*number)) == wanted).unwrap()
}

/// Asks the prefix's own object so often that it is hot.
fn heat(memory: &Memory) {
    for _ in 0..HOT {
        block_on(memory.network(PrefixTag([1; 32]), Command::Succeeded(name(9_000_000)))).unwrap();
    }
}

#[test]
fn answers_of_the_undivided_prefix_that_come_after_the_division_are_its_own() {
    let (memory, isolates) = (memory(), isolates());
    let limits = &isolates[0];
    for number in 0..10 {
        assert!(!tried(&memory, limits, number).sprayed);
    }
    let [first, second, third] = [3, 4, 5].map(|part| of_part(part, 1_000));
    let heard = tried_while(&memory, limits, first, || {
        let heard = tried_while(&memory, limits, second, || {
            let heard = tried_while(&memory, limits, third, || {
                heat(&memory);
                assert!(!tried(&memory, limits, 0).sprayed);
                assert!(limits.parts([1; 32], memory.now()).is_some(), "it is divided");
            });
            assert!(!heard.sprayed && !heard.failing);
        });
        assert!(!heard.sprayed && !heard.failing);
    });
    assert!(!heard.sprayed && !heard.failing, "thirteen names are no spray");
    assert!(!tried(&memory, limits, of_part(6, 2_000)).sprayed);
}

#[test]
fn an_answer_that_comes_after_a_spray_was_seen_makes_nobody_forget_it() {
    let (memory, isolates) = (memory(), isolates());
    heat(&memory);
    let limits = &isolates[0];
    let heard = tried_while(&memory, limits, of_part(0, 1_000), || {
        assert!((0..40).any(|number| tried(&memory, limits, number).sprayed));
    });
    assert!(heard.sprayed, "it is known by then");
    asked(&memory);
    assert!(tried(&memory, limits, 50).sprayed);
    assert!(asked(&memory).is_empty(), "and for its minute");
}

/// How many names are tried through isolates that know of the division, `questions` each, before a spray is seen.
fn names_before_it_is_seen(questions: usize) -> u32 {
    let memory = memory();
    heat(&memory);
    let isolates: Vec<Limits> = (0..300).map(|_| Limits::default()).collect();
    for (limits, number) in isolates.iter().zip(2_000_000..) {
        login(&memory, limits, number);
    }
    let asked = isolates.iter().flat_map(|limits| std::iter::repeat_n(limits, questions));
    let seen = |(limits, number)| tried(&memory, limits, number).sprayed;
    asked.zip(1_000_000..).position(seen).map_or(u32::MAX, |names| u32::try_from(names + 1).unwrap())
}

#[test]
fn a_spray_through_many_isolates_is_seen_by_each_from_the_parts_it_has_heard() {
    let names = [1, 2, 3, 4, 8, 16].map(names_before_it_is_seen);
    assert!(names.iter().all(|names| (SPRAY..SPRAY * 5 / 3).contains(names)), "{names:?}");
}

#[test]
fn what_is_but_likely_holds_for_the_isolate_and_is_told_to_nobody() {
    let (memory, limits) = (memory(), Limits::default());
    heat(&memory);
    tried(&memory, &limits, of_part(OWN, 0));
    asked(&memory);
    let mut names = (1_000_000..).filter(|number| part(name(*number)) == 3);
    let tries = names.position(|number| tried(&memory, &limits, number).sprayed).unwrap() + 1;
    assert_eq!(asked(&memory), [u32::try_from(tries).unwrap()], "that part, and not the prefix's own object");
    assert!(tried(&memory, &limits, 1).sprayed);
    assert!(!tried(&memory, &Limits::default(), 2).sprayed);
}

#[test]
fn ten_names_that_are_open_are_no_spray_though_half_of_them_are_by_chance_with_one_part() {
    let (memory, isolates) = (memory(), isolates());
    morning(&memory, &isolates, 30);
    let one = (1_000_000..).filter(|number| part(name(*number)) == 3).take(5);
    for number in one.chain((0..PARTS).filter(|part| *part != 3).map(|part| of_part(part, 1_500_000)).take(5)) {
        tried(&memory, &isolates[0], number);
    }
    for number in 0..100 {
        let limits = Limits::default();
        for time in 0..8 {
            let heard = login(&memory, &limits, 2_000_000 + number * 8 + time);
            assert!(!heard.sprayed && !heard.failing, "{number} {time}");
        }
    }
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
