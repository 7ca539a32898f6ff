//! The countdown under every clock that a browser can show it.

use super::{Deadline, LONGEST_WAIT_MS, Phase, Reading, spoken};

fn at(steady: f64, wall: f64) -> Reading {
    Reading { steady, wall }
}

fn three_hours() -> Deadline {
    Deadline { remaining_ms: 10_800_000, window_ms: 300_000, timeout_ms: 10_800_000, said_at: at(1_000.0, 1e12) }
}

#[test]
fn the_warning_begins_at_exactly_five_minutes() {
    let said = three_hours();
    assert_eq!(said.phase(at(10_500_999.0, 1e12)), Phase::Quiet { wait_ms: 1 });
    assert_eq!(said.phase(at(10_501_000.0, 1e12)), Phase::Warning { seconds: 300, wait_ms: 1000 });
    assert_eq!(said.phase(at(10_501_001.0, 1e12)), Phase::Warning { seconds: 300, wait_ms: 999 });
    assert_eq!(said.phase(at(10_800_999.0, 1e12)), Phase::Warning { seconds: 1, wait_ms: 1 });
    assert_eq!(said.phase(at(10_801_000.0, 1e12)), Phase::Over);
}

#[test]
fn no_clock_makes_it_longer() {
    let said = three_hours();
    // The wall clock set back by a day, the steady clock asleep, both at once.
    assert_eq!(said.remaining(at(61_000.0, 1e12 - 86_400_000.0)), 10_740_000);
    assert_eq!(said.remaining(at(1_000.0, 1e12 + 60_000.0)), 10_740_000);
    assert_eq!(said.remaining(at(0.0, 1e12 - 1.0)), 10_800_000);
    // Asleep for a week: over at the first look.
    assert_eq!(said.phase(at(1_001.0, 1e12 + 604_800_000.0)), Phase::Over);
    assert_eq!(said.phase(at(f64::INFINITY, 1e12)), Phase::Over);
    // A clock that cannot be read counts as one that stood still; the other still counts.
    assert_eq!(said.remaining(at(f64::NAN, 1e12 + 60_000.0)), 10_740_000);
}

#[test]
fn no_timer_is_long() {
    let said = three_hours();
    for steady in [1_000.0, 5_000_000.0, 10_400_000.0] {
        assert_eq!(said.phase(at(steady, 1e12)), Phase::Quiet { wait_ms: LONGEST_WAIT_MS });
    }
    assert_eq!(said.phase(at(10_490_000.0, 1e12)), Phase::Quiet { wait_ms: 11_000 });
}

#[test]
fn a_window_of_nothing_still_warns_for_twenty_seconds() {
    let said = Deadline { window_ms: 0, ..three_hours() };
    assert_eq!(said.phase(at(10_780_999.0, 1e12)), Phase::Quiet { wait_ms: 1 });
    assert_eq!(said.phase(at(10_781_000.0, 1e12)), Phase::Warning { seconds: 20, wait_ms: 1000 });
}

#[test]
fn the_header_is_read_strictly() {
    let now = at(0.0, 0.0);
    let read =
        |header| Deadline::of_header(header, now).map(|said| (said.remaining_ms, said.window_ms, said.timeout_ms));
    assert_eq!(read("remaining=1, window=2, timeout=3"), Some((1, 2, 3)));
    assert_eq!(read("timeout=3,window=2;x=1 ,  remaining=1, other=?1"), Some((1, 2, 3)));
    assert_eq!(read("remaining=1, window=2, timeout=3, remaining=9"), Some((9, 2, 3)));
    for bad in ["", "remaining=1, window=2", "remaining=-1, window=2, timeout=3", "remaining=1.5, window=2, timeout=3"]
    {
        assert_eq!(read(bad), None, "{bad}");
    }
    assert_eq!(read("remaining=, window=2, timeout=3"), None);
    assert_eq!(read("remaining=9999999999999999, window=2, timeout=3"), None);
}

#[test]
fn it_is_spoken_at_the_marks_only() {
    assert_eq!(spoken(None, 300), Some(300));
    assert_eq!(spoken(None, 73), Some(73));
    let said: Vec<u64> = (0..300).rev().filter(|&now| spoken(Some(now + 1), now).is_some()).collect();
    assert_eq!(said, [120, 60, 40, 20]);
    assert_eq!(spoken(Some(301), 300), Some(300));
    assert_eq!(spoken(Some(130), 35), Some(40), "a tab that slept says the mark nearest to the time left");
    assert_eq!(spoken(Some(19), 3), None);
}
